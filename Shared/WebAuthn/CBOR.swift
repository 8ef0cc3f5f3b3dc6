/// A value in CBOR (RFC 8949), of the few kinds that authenticators send.
indirect enum CBOR: Hashable {
    case integer(Int64)
    case bytes([UInt8])
    case text(String)
    case array([CBOR])
    case map([CBOR: CBOR])
    case bool(Bool)
    case null

    var bytes: [UInt8]? {
        if case .bytes(let bytes) = self { bytes } else { nil }
    }

    var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    var integer: Int64? {
        if case .integer(let integer) = self { integer } else { nil }
    }

    var members: [CBOR: CBOR]? {
        if case .map(let members) = self { members } else { nil }
    }

    subscript(name: String) -> CBOR? { members?[.text(name)] }
    subscript(number: Int64) -> CBOR? { members?[.integer(number)] }
}

/// Reads CBOR from the front of some bytes, in one pass and with a bounded stack.
///
/// Lengths have to be known beforehand, and a map has each key once: that is how authenticators have to write
/// (CTAP 2.1, section 8), and what readers disagree about otherwise.
struct CBORReader {
    /// An attestation has three levels, and an extension few more.
    static let maximumDepth = 8

    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// - Throws: ``KeyFault/malformed``.
    mutating func value(depth: Int = 0) throws(KeyFault) -> CBOR {
        guard depth < Self.maximumDepth else { throw .malformed }
        let (kind, argument) = try head()
        switch kind {
        case 0: return .integer(Int64(argument))
        case 1: return .integer(-1 - Int64(argument))
        case 2: return .bytes(Array(try take(argument)))
        case 3:
            guard let text = String(validating: try take(argument), as: UTF8.self) else { throw .malformed }
            return .text(text)
        case 4:
            var elements: [CBOR] = []
            for _ in 0..<(try count(argument)) { elements.append(try value(depth: depth + 1)) }
            return .array(elements)
        case 5:
            var members: [CBOR: CBOR] = [:]
            for _ in 0..<(try count(argument)) {
                let key = try value(depth: depth + 1)
                guard members.updateValue(try value(depth: depth + 1), forKey: key) == nil else { throw .malformed }
            }
            return .map(members)
        case 7 where argument == 20 || argument == 21: return .bool(argument == 21)
        case 7 where argument == 22: return .null
        default: throw .malformed
        }
    }

    /// How many members a map has that begins here; they follow.
    mutating func mapHead() throws(KeyFault) -> Int {
        let (kind, argument) = try head()
        guard kind == 5 else { throw .malformed }
        return try count(argument)
    }

    /// The kind of the next value, and the number that comes with it.
    private mutating func head() throws(KeyFault) -> (kind: UInt8, argument: UInt64) {
        guard let first = rest.popFirst() else { throw .malformed }
        let (kind, short) = (first >> 5, first & 0x1F)
        // Of the simple values only those that need no more bytes: floating-point numbers are not among what is sent.
        guard kind != 7 || short < 24 else { throw .malformed }
        switch short {
        case 0..<24: return (kind, UInt64(short))
        case 24...27:
            let argument = try take(1 << UInt64(short - 24)).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard argument <= UInt64(Int64.max) else { throw .malformed }
            return (kind, argument)
        default: throw .malformed
        }
    }

    /// Each element takes a byte or more, so that a number alone makes nobody reserve memory.
    private func count(_ argument: UInt64) throws(KeyFault) -> Int {
        guard argument <= UInt64(rest.count) else { throw .malformed }
        return Int(argument)
    }

    private mutating func take(_ count: UInt64) throws(KeyFault) -> ArraySlice<UInt8> {
        guard count <= UInt64(rest.count) else { throw .malformed }
        defer { rest = rest.dropFirst(Int(count)) }
        return rest.prefix(Int(count))
    }
}
