"""The names that a piece of Python gives, and those that it takes from outside."""

import symtable


def made(source):
    """Return the names that a cell gives."""
    table = symtable.symtable(source, "<cell>", "exec")
    return {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}


def used(source):
    """Return the names that a cell, and the functions in it, take from outside."""
    tables, names = [symtable.symtable(source, "<cell>", "exec")], set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        at_top = table.get_type() == "module"
        names |= {s.get_name() for s in table.get_symbols() if s.is_global() or at_top}
    return names
