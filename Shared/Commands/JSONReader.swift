/// Why a text is not JSON that we accept.
public enum JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The grammar of RFC 8259 is broken at this byte.
    case malformed(at: Int)
    /// Arrays and objects are nested deeper than ``JSONReader/maximumDepth``.
    case tooDeep
    /// An object names a member twice; readers disagree on which one counts (RFC 8259, section 4).
    case repeated(String)

    public var description: String {
        switch self {
        case .malformed(let position): "the body is not JSON (at byte \(position))"
        case .tooDeep: "the body is nested more than \(JSONReader.maximumDepth) levels deep"
        case .repeated(let name): "the body has the member \(name.prefix(scalars: 64).printable) twice"
        }
    }
}

/// Reads JSON (RFC 8259) in one pass: its time grows linearly with the length, and the depth of its stack is bounded.
///
/// Texts are returned in normal form C, so that two spellings of one word are one word in every store.
public struct JSONReader {
    /// How deep arrays and objects may be nested.
    public static let maximumDepth = 32

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var depth = 0

    /// Reads one JSON text.
    public static func read(_ bytes: some Collection<UInt8>) throws(JSONError) -> JSONValue {
        let bytes = ContiguousArray(bytes)
        let result = bytes.withUnsafeBufferPointer { pointer -> Result<JSONValue, JSONError> in
            var reader = JSONReader(bytes: pointer)
            do throws(JSONError) {
                return .success(try reader.document())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    private mutating func document() throws(JSONError) -> JSONValue {
        let value = try value()
        skipSpace()
        guard position == bytes.count else { throw .malformed(at: position) }
        return value
    }

    private var malformed: JSONError { .malformed(at: position) }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func skip(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let count = word.utf8CodeUnitCount
        guard position + count <= bytes.count else { throw malformed }
        for index in 0..<count where bytes[position + index] != word.utf8Start[index] { throw malformed }
        position += count
        return value
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try expect("true", .bool(true))
        case UInt8(ascii: "f"): return try expect("false", .bool(false))
        case UInt8(ascii: "n"): return try expect("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func enter() throws(JSONError) {
        position += 1
        depth += 1
        guard depth <= Self.maximumDepth else { throw .tooDeep }
        skipSpace()
    }

    private mutating func object() throws(JSONError) -> JSONValue {
        try enter()
        defer { depth -= 1 }
        var members: [String: JSONValue] = [:]
        if skip(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw malformed }
            let name = try string()
            skipSpace()
            guard skip(UInt8(ascii: ":")) else { throw malformed }
            guard members.updateValue(try value(), forKey: name) == nil else { throw .repeated(name) }
            skipSpace()
            if skip(UInt8(ascii: "}")) { return .object(members) }
            guard skip(UInt8(ascii: ",")) else { throw malformed }
        }
    }

    private mutating func array() throws(JSONError) -> JSONValue {
        try enter()
        defer { depth -= 1 }
        var elements: [JSONValue] = []
        if skip(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value())
            skipSpace()
            if skip(UInt8(ascii: "]")) { return .array(elements) }
            guard skip(UInt8(ascii: ",")) else { throw malformed }
        }
    }

    private mutating func digits() -> Int {
        let start = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        return position - start
    }

    private mutating func number() throws(JSONError) -> String {
        let start = position
        _ = skip(UInt8(ascii: "-"))
        let isZero = next == UInt8(ascii: "0")
        let count = digits()
        guard count > 0, !isZero || count == 1 else { throw malformed }
        if skip(UInt8(ascii: ".")) {
            guard digits() > 0 else { throw malformed }
        }
        if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
            if !skip(UInt8(ascii: "+")) { _ = skip(UInt8(ascii: "-")) }
            guard digits() > 0 else { throw malformed }
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    // MARK: - Strings

    private mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
        var raw = ContiguousArray(bytes[start..<position])
        while !skip(UInt8(ascii: "\"")) {
            guard let byte = next, byte >= 0x20 else { throw malformed }
            position += 1
            if byte == UInt8(ascii: "\\") {
                raw.append(contentsOf: try escaped().utf8)
            } else {
                raw.append(byte)
            }
        }
        guard let text = String(validating: raw, as: UTF8.self) else { throw .malformed(at: start) }
        return text.normalizedNFC
    }

    private mutating func escaped() throws(JSONError) -> String {
        guard let byte = next else { throw malformed }
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let unit = try hexadecimal()
            if let scalar = Unicode.Scalar(unit) { return String(scalar) }
            // A surrogate is valid only before its other half.
            guard unit < 0xDC00, skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")) else { throw malformed }
            let low = try hexadecimal()
            guard (0xDC00...0xDFFF).contains(low),
                let scalar = Unicode.Scalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
            else { throw malformed }
            return String(scalar)
        default: throw malformed
        }
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw malformed
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}

extension JSONReader {
    /// Reads a value of our own, for example from a cache: its rules were checked when it was written.
    public static func decode<Value: Decodable>(_ type: Value.Type, from bytes: some Collection<UInt8>) throws -> Value
    {
        try Value(from: ValueDecoder(read(bytes)))
    }
}
