# SPDX-License-Identifier: GPL-2.0-or-later
set -l keys addr size state sev class t src node result errno reason pid comm vm uuid gpa va \
	file kind mode count skipped
set -l types ue raw err page owner offline release split vm plan evac skip fault done

complete -c rectab -f
complete -c rectab -s o -l columns -x -a "(__fish_append , $keys)" -d 'Show these keys, in this order'
complete -c rectab -s t -l type -x -a "(__fish_append , $types)" -d 'Show records of these types only'
complete -c rectab -l sort -x -a "$keys" -d 'Order each table by the value of KEY'
complete -c rectab -l reverse -d 'With --sort: the largest first'
complete -c rectab -l no-header -d 'Leave out the line of keys'
complete -c rectab -s f -l follow -d 'Show each record as it comes'
complete -c rectab -l colour -x -a 'auto always never' -d 'When to use colours'
complete -c rectab -l sysroot -x -a '(__fish_complete_directories)' -d 'Read /proc, /sys and /dev below DIR'
complete -c rectab -s h -l help -d 'Show this help'
complete -c rectab -s V -l version -d 'Show the version'
