# SPDX-License-Identifier: GPL-2.0-or-later
complete -c hugesplit -f
complete -c hugesplit -s w -l with -x -a '(__fish_complete_pids)' -d 'Replace the page in another process as well'
complete -c hugesplit -s a -l all-sharers -d 'Replace the page in all processes that map it'
complete -c hugesplit -s m -l max-age -x -a '10m 1h 24h any' -d 'Save what was clean so long ago'
complete -c hugesplit -l mark -x -a 'uffd hwpoison' -d 'Mark what is lost'
complete -c hugesplit -s k -l keep-huge -d 'Replace 1 GiB by pages of 2 MiB only'
complete -c hugesplit -l refill -d 'Put a fresh huge page in its place'
complete -c hugesplit -l salvage -r -F -d 'Copy what is not bad of a file'
complete -c hugesplit -l to -r -F -d 'The copy'
complete -c hugesplit -s n -l dry-run -d 'Change nothing'
complete -c hugesplit -l sysroot -x -a '(__fish_complete_directories)' -d 'Read /proc and /sys below a directory'
complete -c hugesplit -s h -l help -d 'Show help'
complete -c hugesplit -s V -l version -d 'Show the version'
