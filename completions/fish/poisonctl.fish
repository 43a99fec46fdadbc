# SPDX-License-Identifier: GPL-2.0-or-later
complete -c poisonctl -f
complete -c poisonctl -n __fish_use_subcommand -a list -d 'Print a record for every poisoned page'
complete -c poisonctl -n __fish_use_subcommand -a offline -d 'Take pages out of use'
complete -c poisonctl -n '__fish_seen_subcommand_from offline' -s s -l soft -d 'Move what the pages hold'
complete -c poisonctl -n '__fish_seen_subcommand_from offline' -s H -l hard -d 'Take the pages with what they hold'
complete -c poisonctl -n '__fish_seen_subcommand_from offline' -s n -l dry-run -d 'Change nothing'
complete -c poisonctl -n '__fish_seen_subcommand_from offline' -s f -l force -d 'Also what would be refused'
complete -c poisonctl -n '__fish_seen_subcommand_from offline' -s w -l wait -x -a '0s 1s 5s 1m' -d 'Try again while a page is busy'
complete -c poisonctl -n '__fish_seen_subcommand_from list' -s n -l node -x -d 'Only memory of a NUMA node'
complete -c poisonctl -n '__fish_seen_subcommand_from list' -l from-core -r -F -d 'Pages of the kernel whose memory is in a core'
complete -c poisonctl -l sysroot -x -a '(__fish_complete_directories)' -d 'Read /proc, /sys and /dev below a directory'
complete -c poisonctl -s h -l help -d 'Show help'
complete -c poisonctl -s V -l version -d 'Show the version'
