/// Gives the same string for the same bytes without making it anew, as long as it remembers them.
///
/// Each text has one place, by its hash; a later one takes it over. So the memory is bounded, whatever comes.
struct TextCache: Sendable {
    private var places: [String] = []
    private static let count = 4096

    /// - Returns: `nil` for bytes that are not UTF-8.
    mutating func text(_ bytes: UnsafeRawBufferPointer) -> String? {
        if places.isEmpty { places = Array(repeating: "", count: Self.count) }
        let place = Self.hash(bytes) & (Self.count - 1)
        if Self.isSame(places[place], bytes) { return places[place] }
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        places[place] = text
        return text
    }

    private static func isSame(_ text: String, _ bytes: UnsafeRawBufferPointer) -> Bool {
        text.utf8.count == bytes.count
            && text.utf8.withContiguousStorageIfAvailable { $0.elementsEqual(bytes) } ?? text.utf8.elementsEqual(bytes)
    }

    /// FNV-1a, over eight bytes at a time and then the rest: enough to spread a few thousand names.
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var position = 0
        while position + 8 <= bytes.count {
            hash = (hash ^ bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)) &* 0x0000_0100_0000_01B3
            hash ^= hash >> 32
            position += 8
        }
        while position < bytes.count {
            hash = (hash ^ UInt64(bytes[position])) &* 0x0000_0100_0000_01B3
            position += 1
        }
        return Int(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
