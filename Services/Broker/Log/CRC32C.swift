import CCRC32C

/// CRC-32C (Castagnoli), the checksum of record batches: computed by the processor's instruction, or byte by byte on
/// processors without it (x86-64 servers before 2009, AArch64 before ARMv8.1).
enum CRC32C {
    private static let isInHardware = crc32c_is_in_hardware() != 0

    /// - Parameter earlier: the checksum of the bytes before these, if the data comes in pieces.
    static func checksum(_ bytes: UnsafeRawBufferPointer, after earlier: UInt32 = 0) -> UInt32 {
        guard let start = bytes.baseAddress else { return earlier }
        guard isInHardware else { return byTable(bytes, after: earlier) }
        return ~crc32c_update(~earlier, start.assumingMemoryBound(to: UInt8.self), bytes.count)
    }

    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { checksum($0) }
    }

    static func byTable(_ bytes: UnsafeRawBufferPointer, after earlier: UInt32 = 0) -> UInt32 {
        var crc = ~earlier
        for byte in bytes { crc = table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ (crc >> 8) }
        return ~crc
    }

    /// The remainder of each byte.
    private static let table: [UInt32] = (0..<256).map { byte in
        var crc = UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? 0x82f6_3b78 ^ (crc >> 1) : crc >> 1 }
        return crc
    }
}
