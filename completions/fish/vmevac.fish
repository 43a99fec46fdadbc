# SPDX-License-Identifier: GPL-2.0-or-later
complete -c vmevac -f
complete -c vmevac -n __fish_use_subcommand -a plan -d 'Say which virtual machine is to leave first'
complete -c vmevac -s p -l policy -r -F -d 'What matters'
complete -c vmevac -l sysroot -x -a '(__fish_complete_directories)' -d 'Read /proc, /sys and /dev below a directory'
complete -c vmevac -s h -l help -d 'Show help'
complete -c vmevac -s V -l version -d 'Show the version'
