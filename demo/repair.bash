# SPDX-License-Identifier: GPL-2.0-or-later
# What is left of a huge page with an error in it, and what is remembered of the error.
# shellcheck shell=bash

repair=(
	'split_web split: "web" gets its huge page back, less 4 KiB, while it runs.'
	'remember ledger: The 4 KiB are remembered, and kept from the next kernel.'
)

split_web()
{
	try 0 'hugesplit <found | rectab --type split --columns pid,result,reason,lost,salvaged,stopped_ns'
	expect ' done +4096 +2093056 '
}

remember()
{
	try 0 'poisonctl save --ledger ledger <found | rectab --type ledger --columns addr,size,result'
	expect "^ledger +$address +4096 +done"
	try 0 'poisonctl boot --ledger ledger'
	expect "^memmap=4K\\\$0x$(printf '%x' "$address")\$"
}
