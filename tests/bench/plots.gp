# gnuplot -e "lab = 'DIRECTORY'" plots.gp: latency.svg and throughput.svg there, of the .tsv files there.
set terminal svg size 720,400 dynamic font "sans-serif,13" background "white"
set datafile separator "\t"
set key left top reverse Left samplen 2 noenhanced
set grid ytics linecolor "#dddddd"
set border 3 linecolor "#666666"
set tics nomirror
set style line 1 linecolor "#0b6e4f" linewidth 2.5 pointtype 7 pointsize 0.7
set style line 2 linecolor "#c8553d" linewidth 2 pointtype 5 pointsize 0.7
set style line 3 linecolor "#4a6fa5" linewidth 2 pointtype 9 pointsize 0.8

set output lab."/latency.svg"
set title "A valid code, in durable writes (E)"
set xlabel "accounts (portal users, whom passwd does not know)"
set logscale xy
set format x "%.0s%c"
set yrange [1:*]
plot for [i = 2:4] lab."/latency.tsv" using 1:i with linespoints linestyle i - 1 title columnheader(i)

set output lab."/throughput.svg"
set title "Accepted logins per second, 300 accounts in passwd"
set xlabel "processes at once"
unset logscale y
set logscale x 2
set format x "%g"
set xrange [0.9:18]
set yrange [0:*]
plot for [i = 2:4] lab."/throughput.tsv" using 1:i with linespoints linestyle i - 1 title columnheader(i)
