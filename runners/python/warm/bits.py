# Sets of tests as whole numbers: one bit per test, so that joining the coverage of many lines is one operation.


def set_of(indexes):
    indexes = list(indexes)
    field = bytearray(max(indexes, default=-1) // 8 + 1)
    for index in indexes:
        field[index >> 3] |= 1 << (index & 7)
    return int.from_bytes(field, "little")


def indexes_of(bits):
    """Indexes of the set, ascending."""
    found, position = [], 0
    for byte in bits.to_bytes((bits.bit_length() + 7) // 8, "little"):
        while byte:
            low = byte & -byte
            found.append(position + low.bit_length() - 1)
            byte ^= low
        position += 8
    return found
