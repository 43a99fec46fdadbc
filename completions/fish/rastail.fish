# SPDX-License-Identifier: GPL-2.0-or-later
complete -c rastail -f
complete -c rastail -s s -l source -x -a 'trace kmsg qmp: edac hwmon' -d 'Where events come from'
complete -c rastail -s b -l since-boot -d 'Begin with what is still there from before'
complete -c rastail -s k -l keep-going -d 'Go on without sources that cannot be opened'
complete -c rastail -s i -l interval -x -d 'Time between two readings of edac and hwmon'
complete -c rastail -l sysroot -x -a '(__fish_complete_directories)' -d 'Read /proc, /sys and /dev below a directory'
complete -c rastail -s h -l help -d 'Show help'
complete -c rastail -s V -l version -d 'Show the version'
