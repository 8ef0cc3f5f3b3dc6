import HTTPTypes

/// Brings every text of a JSON document into normal form C, names of fields too, before anything compares or counts one.
///
/// It does not judge the JSON: what is no text, and a text that is malformed, is left for the decoder to read or to refuse.
struct NormalizedJSON {
    private let input: [UInt8]
    private var position = 0
    private var output: [UInt8] = []

    /// - Throws: ``Problem`` for an unpaired surrogate (half a character), by its place in the body.
    static func normalize(_ bytes: [UInt8]) throws -> [UInt8] {
        guard needsWork(bytes) else { return bytes }
        var document = NormalizedJSON(input: bytes)
        document.output.reserveCapacity(bytes.count)
        while document.position < bytes.count {
            let byte = bytes[document.position]
            if byte == UInt8(ascii: "\"") {
                try document.text()
            } else {
                document.output.append(byte)
                document.position += 1
            }
        }
        return document.output
    }

    private init(input: [UInt8]) {
        self.input = input
    }

    /// ASCII without escapes is normal already.
    private static func needsWork(_ bytes: [UInt8]) -> Bool {
        var previous: UInt8 = 0
        for byte in bytes {
            if byte >= 0x80 || byte == UInt8(ascii: "u") && previous == UInt8(ascii: "\\") { return true }
            previous = byte
        }
        return false
    }

    /// Takes a text from its opening to its closing quotation mark.
    private mutating func text() throws {
        let start = position
        var content: [UInt8] = []
        position += 1
        while position < input.count {
            let byte = input[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: content, as: UTF8.self) else { return leave(from: start) }
                return append(text.normalizedNFC)
            case UInt8(ascii: "\\"):
                guard let scalar = try escape() else { return leave(from: start) }
                content.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            // A text must not hold them as they are: malformed.
            case 0..<0x20: return leave(from: start)
            default: content.append(byte)
            }
        }
        leave(from: start)
    }

    /// Malformed: as it came.
    private mutating func leave(from start: Int) {
        output.append(contentsOf: input[start..<position])
    }

    private mutating func escape() throws -> Unicode.Scalar? {
        guard position < input.count else { return nil }
        position += 1
        switch Unicode.Scalar(input[position - 1]) {
        case "b": return "\u{8}"
        case "f": return "\u{c}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "\"", "\\", "/": return Unicode.Scalar(input[position - 1])
        case "u":
            guard let unit = unit() else { return nil }
            if UTF16.isLeadSurrogate(unit), input[position...].starts(with: "\\u".utf8) {
                position += 2
                guard let trail = self.unit() else { return nil }
                guard UTF16.isTrailSurrogate(trail) else { throw Self.unpaired(at: position) }
                return UTF16.decode(UTF16.EncodedScalar([unit, trail]))
            }
            guard let scalar = Unicode.Scalar(unit) else { throw Self.unpaired(at: position) }
            return scalar
        default: return nil
        }
    }

    private mutating func unit() -> UInt16? {
        guard position + 4 <= input.count else { return nil }
        let digits = input[position..<position + 4]
        guard digits.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }) else { return nil }
        position += 4
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    private static func unpaired(at position: Int) -> Problem {
        Problem(.badRequest, "body_malformed", "at byte \(position) stands half a character (an unpaired surrogate)")
    }

    private mutating func append(_ text: String) {
        output.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): output.append(contentsOf: [UInt8(ascii: "\\"), byte])
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                output.append(contentsOf: "\\u\(digits.count == 1 ? "000" : "00")\(digits)".utf8)
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
