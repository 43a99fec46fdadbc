# SPDX-License-Identifier: GPL-2.0-or-later
complete -c mcedecode -f
complete -c mcedecode -s f -l from -x -a 'auto text records' -d 'What lines are'
complete -c mcedecode -s b -l binary -d 'Read struct mce'
complete -c mcedecode -s p -l cper -d 'Read CPER records or generic error status blocks'
complete -c mcedecode -s c -l cpuid -x -d 'CPU of errors that name none'
complete -c mcedecode -s l -l labels -d 'Name memory modules as SMBIOS does'
complete -c mcedecode -s m -l merge -d 'One record for all reports of one error'
complete -c mcedecode -s r -l raw -d 'Print all registers, and decode err records again'
complete -c mcedecode -l sysroot -x -a '(__fish_complete_directories)' -d 'Read /proc, /sys and /dev below DIR'
complete -c mcedecode -s h -l help -d 'Show this help'
complete -c mcedecode -s V -l version -d 'Show the version'
