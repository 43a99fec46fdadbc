# SPDX-License-Identifier: GPL-2.0-or-later
# For benches that fill much memory.

# warm_memory FILE MIB: so much free memory has been written to a moment ago
#
# A host often gives its virtual machines memory only when that is touched, and takes back what they
# free.  Whoever touches it first pays for that, more than the copy takes, and whose turn that is is
# luck.  FILE, in a file system of memory, is there meanwhile.
warm_memory()
{
	head -c "$2M" /dev/zero >"$1"
	rm "$1"
}
