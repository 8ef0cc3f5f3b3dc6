import CCRC32C

/// CRC-32C (Castagnoli), the checksum of record batches: by the processor's instruction, or eight bytes a step by table
/// ("slicing by 8") where there is none.
enum CRC32C {
    private static let isInHardware = crc32c_is_in_hardware() != 0
    private static let tables = Tables()

    /// - Parameter earlier: the checksum of the bytes before these, when they come in pieces.
    static func checksum(_ bytes: UnsafeRawBufferPointer, after earlier: UInt32 = 0) -> UInt32 {
        guard let start = bytes.baseAddress else { return earlier }
        guard isInHardware else { return byTable(bytes, after: earlier) }
        return ~crc32c_update(~earlier, start.assumingMemoryBound(to: UInt8.self), bytes.count)
    }

    static func byTable(_ bytes: UnsafeRawBufferPointer, after earlier: UInt32 = 0) -> UInt32 {
        guard let start = bytes.baseAddress else { return earlier }
        return ~update(~earlier, start, bytes.count)
    }

    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { checksum($0) }
    }

    // Written with concrete integers and plain pointers only, because `make demo` and the tests run debug builds, where
    // every generic call of the standard library is a real call.
    private static func update(_ seed: UInt32, _ start: UnsafeRawPointer, _ count: Int) -> UInt32 {
        let table = tables.start
        var crc = seed
        var position = 0
        let bytes = start.assumingMemoryBound(to: UInt8.self)
        while position < count && (UInt(bitPattern: start) &+ UInt(position)) & 7 != 0 {
            crc = table[Int((crc ^ UInt32(bytes[position])) & 0xff)] ^ (crc &>> 8)
            position = position &+ 1
        }
        let words = (start + position).assumingMemoryBound(to: UInt64.self)
        let wordCount = (count &- position) / 8
        var word = 0
        while word < wordCount {
            let value = words[word] ^ UInt64(crc)
            crc =
                table[1792 &+ Int(value & 0xff)]
                ^ table[1536 &+ Int((value &>> 8) & 0xff)]
                ^ table[1280 &+ Int((value &>> 16) & 0xff)]
                ^ table[1024 &+ Int((value &>> 24) & 0xff)]
                ^ table[768 &+ Int((value &>> 32) & 0xff)]
                ^ table[512 &+ Int((value &>> 40) & 0xff)]
                ^ table[256 &+ Int((value &>> 48) & 0xff)]
                ^ table[Int(value &>> 56)]
            word = word &+ 1
        }
        position = position &+ wordCount &* 8
        while position < count {
            crc = table[Int((crc ^ UInt32(bytes[position])) & 0xff)] ^ (crc &>> 8)
            position = position &+ 1
        }
        return crc
    }

    /// `table[k * 256 + b]` is the remainder of byte `b` followed by `k` zero bytes. Lives as long as the process.
    private struct Tables: @unchecked Sendable {
        let start: UnsafePointer<UInt32>

        init() {
            let table = UnsafeMutablePointer<UInt32>.allocate(capacity: 8 * 256)
            for byte in 0..<256 {
                var crc = UInt32(byte)
                for _ in 0..<8 { crc = crc & 1 == 1 ? 0x82f6_3b78 ^ (crc >> 1) : crc >> 1 }
                table[byte] = crc
            }
            for index in 256..<(8 * 256) {
                let previous = table[index - 256]
                table[index] = table[Int(previous & 0xff)] ^ (previous >> 8)
            }
            start = UnsafePointer(table)
        }
    }
}
