package import Foundation

extension UUID {
    /// Reads the 36 characters of RFC 9562 (section 4) in either case; `nil` for anything else.
    package init?(hexadecimal text: UnsafeRawBufferPointer) {
        guard text.count == 36 else { return nil }
        var bytes: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        let isValid = withUnsafeMutableBytes(of: &bytes) { bytes in
            var position = 0
            for index in 0..<16 {
                if Self.isAfterHyphen(index) {
                    guard text[position] == UInt8(ascii: "-") else { return false }
                    position += 1
                }
                guard let high = Self.digit(text[position]), let low = Self.digit(text[position + 1]) else {
                    return false
                }
                bytes[index] = high << 4 | low
                position += 2
            }
            return true
        }
        guard isValid else { return nil }
        self.init(uuid: bytes)
    }

    /// The same for a string. (Foundation's own initializer accepts more than the RFC allows.)
    init?(hexadecimal text: String) {
        var text = text
        let uuid = text.withUTF8 { UUID(hexadecimal: UnsafeRawBufferPointer($0)) }
        guard let uuid else { return nil }
        self = uuid
    }

    /// Whether a hyphen is before the byte of that index.
    @inline(__always)
    fileprivate static func isAfterHyphen(_ index: Int) -> Bool {
        index == 4 || index == 6 || index == 8 || index == 10
    }

    @inline(__always)
    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension [UInt8] {
    /// A UUID as Avro's logical type over `string` writes it: its length, then 36 characters in lower case.
    package mutating func append(avro uuid: UUID) {
        append(zigZag: 36)
        Swift.withUnsafeBytes(of: uuid.uuid) { bytes in
            for index in 0..<16 {
                if UUID.isAfterHyphen(index) { append(UInt8(ascii: "-")) }
                append(Self.digit(bytes[index] >> 4))
                append(Self.digit(bytes[index] & 0xF))
            }
        }
    }

    @inline(__always)
    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
