# SPDX-License-Identifier: GPL-2.0-only
#
# The table as a picture: bars for each method, lines where the floors are.
#
#     gnuplot -e "data='table.plot'; picture='table.svg'; unit='instructions'" table.gnuplot

set terminal svg size 1100,900 dynamic enhanced font 'sans,12' background rgb 'white'
set output picture
set multiplot layout 1,3 title unit.' added by each way to watch (logarithmic)' \
	margins 0.30,0.98,0.07,0.93 spacing 0.02
set logscale x 10
set xrange [1:*]
set grid xtics
set ytics nomirror
unset key
set style fill solid 0.9
rows = int(system(sprintf("wc -l <'%s'", data)))
set yrange [rows:-1]
set format x '10^{%L}'
colour(is) = is eq 'floor' ? 0x9e9e9e : is eq 'mmscope' ? 0x1565c0 : 0xef6c00

do for [column in "3 4 5"] {
	c = int(column)
	set title word('switch borrow fork', c - 2)
	if (c > 3) { set format y '' }
	plot data using (column(c)):0:(1):(column(c)):($0 - 0.4):($0 + 0.4):(colour(strcol(2))):ytic(1) \
		with boxxyerror linecolor rgb variable, \
		data using (column(c)):0:(column(c) > 1 ? sprintf(' %d', column(c)) : '') \
		with labels left font 'sans,9'
}
unset multiplot
