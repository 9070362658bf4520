"""How parts stand in a panel: in rows and columns."""


class Group:
    """Parts, or groups of them, that stand together."""

    def __init__(self, *children):
        self.children = children


class Column(Group):
    """Each below the one before."""


class Row(Group):
    """Beside each other, each as wide as it needs; what does not fit begins another row."""


def leaves(group):
    """List the parts in a group, and in the groups in it."""
    for child in group.children:
        yield from leaves(child) if isinstance(child, Group) else [child]


def tree_of(part):
    """Say for the page how parts stand, and under which prefix it finds what each one shows."""
    kind = type(part).__name__.lower()
    if isinstance(part, Group):
        return {"kind": kind, "parts": [tree_of(child) for child in part.children]}
    return {"kind": kind, "prefix": part.prefix}
