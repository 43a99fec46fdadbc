# SPDX-License-Identifier: GPL-2.0-or-later
# Inside the mce profile with 500 huge pages: each of them is replaced.  For the soak: it takes long.
bats_require_minimum_version 1.5.0
load ../helper
load lab_helper
load busy_helper
load hugesplit_helper

@test "500 huge pages in a row are replaced under load, and nothing is lost but 4 KiB of each" {
	split_in_a_row 500
}
