#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What bootstrap says and does, with every program that it calls but the shell's
# own tools faked: each fake writes its name and words into a log.
. "$SRCDIR/tests/tap.sh"

work=$(mktemp -d "$TMPDIR/bootstrap.XXXXXX") || exit 1
fakes=$work/fakes
mkdir "$fakes" "$work/tree"
cp "$SRCDIR/bootstrap" "$work/tree"
touch "$work/tree/configure.ac" "$work/tree/Makefile.am"
for tool in bash sh cat chmod dirname env find grep mkdir printf rm sed touch tr; do
	ln -s "$(command -v "$tool")" "$fakes/$tool"
done

# NAME BODY
fake()
{
	printf '#!/bin/sh\nprintf "%%s\\n" "%s $*" >>"%s/log"\n%s\n' "$1" "$work" "$2" >"$fakes/$1"
	chmod +x "$fakes/$1"
}

# USER_ID ARGUMENT...: bootstrap's words; what it called is in the log.
run()
{
	local id=$1

	shift
	fake id "echo $id"
	: >"$work/log"
	(cd "$work/tree" && PATH=$fakes ./bootstrap "$@" </dev/null 2>&1)
	echo "status $?"
}

fake nproc 'echo 2'
fake make ''
fake autoreconf 'printf "#!/bin/sh\ntouch config.status\n" >configure; chmod +x configure; touch Makefile.in aclocal.m4'
# Installed is what stands in the file.
: >"$work/installed"
fake dpkg-query "sed 's/\$/ installed/' $work/installed"
fake apt-get 'exit 100'

said=$(run 1000 build)
has 'without root and sudo the one command is printed' \
	'^ +apt-get install gcc libc6-dev .*libinih-dev' "$said"
has 'it fails' '^status 1$' "$said"
has_not 'nothing is installed without root' '^apt-get' "$(cat "$work/log")"

fake sudo '[ "$1" != -n ]'
has 'a sudo that would ask is no help without a terminal' 'only root can install' "$(run 1000 build)"
fake sudo 'true'
: >"$work/log"
said=$(run 1000 build)
has 'with sudo apt-get is called through it' '^sudo env .*apt-get .*install' "$(cat "$work/log")"
rm "$fakes/sudo"

said=$(run 0 build)
has 'a failing update asks whether it is offline' 'is this machine offline' "$said"
has 'what could not be installed is named' 'could not install: gcc ' "$said"
has 'and it fails' '^status 1$' "$said"
has_not 'nothing is built then' '^make' "$(cat "$work/log")"

fake apt-get "for w; do case \$w in -*) ;; *) echo \"\$w\" >>$work/installed ;; esac; done"
said=$(run 0 build)
has 'as root it installs and builds' '^status 0$' "$said"
has 'the list is updated only when that is needed' '^0$' "$(grep -c update "$work/log")"

said=$(run 1000 build)
has 'a second run needs no root' '^status 0$' "$said"
same 'it is quick: it only asks what is there and makes' 'dpkg-query
nproc
make' "$(sed 's/ .*//' "$work/log")"

touch "$work/tree/Makefile.am"
touch -d '1 minute ago' "$work/tree/configure"
run 0 build >/dev/null
has 'a changed Makefile.am makes configure anew' '^autoreconf -i' "$(cat "$work/log")"

rm "$fakes/dpkg-query" "$fakes/autoreconf"
for tool in cc automake pkg-config; do
	fake "$tool" ''
done
said=$(run 0 build)
has 'elsewhere the missing tool is named' 'autoreconf is missing' "$said"
has 'with what to install on other distributions' '^  Fedora +gcc' "$said"
has 'an unknown word is refused with usage' '^status 2$' "$(run 0 nonsense)"
plan
