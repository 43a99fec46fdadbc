# SPDX-License-Identifier: GPL-2.0-or-later
complete -c recjson -f
complete -c recjson -s r -l reverse -d 'Read JSON Lines, write records'
complete -c recjson -l sysroot -x -a '(__fish_complete_directories)' -d 'Read /proc, /sys and /dev below DIR'
complete -c recjson -s h -l help -d 'Show this help'
complete -c recjson -s V -l version -d 'Show the version'
