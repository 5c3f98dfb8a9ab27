#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every library that configure asks for is hidden once from it: it has to end
# with the Debian package that brings it, which bootstrap has to install.
. "$SRCDIR/tests/tap.sh"

if [ ! -x "$SRCDIR/configure" ]; then
	echo '1..0 # SKIP there is no configure: autoreconf -i'
	exit
fi
real=$(command -v pkg-config)
work=$(mktemp -d "$TMPDIR/configure.XXXXXX") || exit 1
cd "$work" || exit 1

# A pkg-config that does not know the module in $HIDDEN.
cat >pkg-config <<END
#!/bin/sh
for word; do
	case " \$word" in *" \$HIDDEN" | *" \$HIDDEN "*) exit 1 ;; esac
done
exec $real "\$@"
END
chmod +x pkg-config

# configure's questions to the compiler are answered once: those are the slow part.
configure()
{
	HIDDEN=$1 PKG_CONFIG=$work/pkg-config "$SRCDIR/configure" -q --cache-file="$work/cache" 2>&1
}

if [ -e "$SRCDIR/config.status" ]; then
	echo '1..0 # SKIP the source folder itself is configured'
	exit
fi
check 'configure goes through with everything there' configure none
packages=$(sed -n "/^packages_build=/,/'\$/p" "$SRCDIR/bootstrap")
while read -r module package; do
	sed -i '/pkg_cv_/d' cache
	said=$(configure "$module")
	has "without $module it names $package" "error: .* is missing: apt-get install $package\$" "$said"
	has "bootstrap installs $package" "[ ']?$package([ ']|\$)" "$packages"
done < <(sed -n 's/^VT_NEED(.*, \[\([^] ]*\)[^]]*\], .*, \[\([^]]*\)\])$/\1 \2/p' "$SRCDIR/configure.ac")
plan
