# SPDX-License-Identifier: GPL-2.0-only
#
# What mmscope adds to an operation, as each thing around it grows.
#
#     gnuplot -e "data='scaling.txt'; picture='scaling.svg'; unit='instructions'; scales='rate cpus'" scaling.gnuplot

set terminal svg size 1100,800 dynamic enhanced font 'sans,12' background rgb 'white'
set output picture
set multiplot layout 3,3 title unit.' added to each operation, as something grows'
set logscale x 10
set format x '10^{%L}'
set yrange [0:*]
set grid
set key top left font 'sans,10'
do for [what in scales] {
	set title what
	if (what eq 'cpus') { unset logscale x; set format x '%g'; set xtics 1 }
	if (what eq 'capture') { unset logscale x; set format x '%g' }
	if (what eq 'vmas') { set yrange [*:*] } else { set yrange [0:*] }
	works = system(sprintf("awk '$1 == \"%s\" && !seen[$3]++ { print $3 }' '%s'", what, data))
	plot for [work in works] \
		sprintf("<awk '$1 == \"%s\" && $3 == \"%s\"' '%s'", what, work, data) \
		using 2:5:6 with yerrorlines title work
	set logscale x 10
	set format x '10^{%L}'; set xtics autofreq
}
unset multiplot
