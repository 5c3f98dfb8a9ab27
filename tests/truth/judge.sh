# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by compare and truth.sh: from readings and documents to verdicts.
# shellcheck shell=bash

# DIR [PLANTED]: the facts of the four readings of a round.
make_facts()
{
	local i file files

	for i in 0 1 2 3; do
		files=()
		for file in times facts dirs marks cgroups status stat membership namespaces insides host \
			cpuinfo interfaces machines log lsns cgls; do
			[ ! -s "$1/$i/$file" ] || files+=("$1/$i/$file")
		done
		if [ -s "${2:-/dev/null}" ]; then
			cp "$2" "$1/$i/planted"
			files+=("$1/$i/planted")
		fi
		awk -f "$here/facts.awk" "${files[@]}" >"$1/$i/known"
	done
}

# DIR DOCUMENT DOCUMENT: verdicts on two documents.
give_verdicts()
{
	jq -r -f "$here/flatten.jq" "$2" >"$1/flat.1" &&
		jq -r -f "$here/flatten.jq" "$3" >"$1/flat.2" &&
		awk -f "$here/judge.awk" "$here/figures" read=0 "$1/0/known" read=1 "$1/1/known" \
			read=2 "$1/2/known" read=3 "$1/3/known" doc=1 "$1/document.1.kept" "$1/flat.1" doc=2 "$1/document.2.kept" \
			"$1/flat.2"
}

# DIR [PLANTED]
judge()
{
	make_facts "$@"
	give_verdicts "$1" "$1/document.1" "$1/document.2" >"$1/found" || exit 2
}
