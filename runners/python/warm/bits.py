# Sets of tests as whole numbers: one bit per test, so that joining the coverage of many lines is one operation.


def set_of(indexes):
    bits = 0
    for index in indexes:
        bits |= 1 << index
    return bits


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
