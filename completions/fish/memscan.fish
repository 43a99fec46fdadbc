# SPDX-License-Identifier: GPL-2.0-or-later
complete -c memscan -f
complete -c memscan -s v -l vm -x -a all -d 'Read the RAM of a virtual machine'
complete -c memscan -s l -l list -d 'Print what would be read, and read nothing'
complete -c memscan -s p -l pid -x -a '(__fish_complete_pids)' -d 'Read the shared mappings of a process'
complete -c memscan -s f -l file -r -F -d 'Read what is in memory of a file'
complete -c memscan -l avoid-hugetlb -x -a '2M 1G' -d 'Leave huge pages of this size and more alone'
complete -c memscan -l no-phys -d 'Do without physical addresses'
complete -c memscan -l sysroot -x -a '(__fish_complete_directories)' -d 'Read /proc, /sys and /dev below a directory'
complete -c memscan -s h -l help -d 'Show help'
complete -c memscan -s V -l version -d 'Show the version'
