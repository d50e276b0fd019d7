# SPDX-License-Identifier: GPL-2.0-only
#
# The table as a picture: a bar for each method, the floors in grey above them.
#
#     gnuplot -e "data='table.plot'; picture='table.svg'; unit='instructions'" table.gnuplot

set terminal svg size 1200,900 dynamic enhanced font 'sans,12' background rgb 'white'
set output picture
set multiplot layout 1,3 title unit.' added to each by each way to watch (logarithmic)' \
	margins 0.36,0.97,0.06,0.92 spacing 0.03
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

do for [c = 3:5] {
	set title word('switch borrow fork', c - 2)
	# Names only once, on the left.
	if (c > 3) { unset ytics }
	name(text) = c > 3 ? '' : text
	plot data using (column(c)):0:(1):(column(c)):($0 - 0.4):($0 + 0.4):(colour(strcol(2))):ytic(name(strcol(1))) \
		with boxxyerror linecolor rgb variable, \
		data using (column(c)):0:(column(c) > 1 ? sprintf(' %d', column(c)) : '') \
		with labels left font 'sans,9'
}
unset multiplot
