# SPDX-License-Identifier: GPL-2.0-or-later
complete -c poisonctl -f
complete -c poisonctl -n __fish_use_subcommand -a list -d 'Print a record for every poisoned page'
complete -c poisonctl -s n -l node -x -d 'Only memory of a NUMA node'
complete -c poisonctl -l from-core -r -F -d 'Pages of the kernel whose memory is in a core'
complete -c poisonctl -l sysroot -x -a '(__fish_complete_directories)' -d 'Read /proc, /sys and /dev below a directory'
complete -c poisonctl -s h -l help -d 'Show help'
complete -c poisonctl -s V -l version -d 'Show the version'
