/// A parsed JSON text: the first form of every request body, query and offline change.
///
/// Numbers keep the digits that were sent, so that nothing is lost before their type is known.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

extension JSONValue {
    /// The members of an object; `nil` for everything else.
    public var members: [String: JSONValue]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The text of a string; `nil` for everything else.
    public var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The elements of an array; `nil` for everything else.
    public var elements: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// A whole number; `nil` for everything else. `1.0` and `1e3` are whole numbers, as JSON Schema has it.
    public var whole: Int64? {
        guard case .number(let digits) = self else { return nil }
        if let whole = Int64(digits) { return whole }
        // Beyond 2^53 a Double can't represent every whole number.
        guard let number = Double(digits), abs(number) <= 9_007_199_254_740_992 else { return nil }
        return Int64(exactly: number)
    }

    /// A finite number; `nil` for everything else.
    public var number: Double? {
        guard case .number(let digits) = self, let number = Double(digits), number.isFinite else { return nil }
        return number
    }

    /// A member of an object.
    public subscript(name: String) -> JSONValue? { members?[name] }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByFloatLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int64) { self = .number("\(value)") }
    public init(floatLiteral value: Double) { self = .number("\(value)") }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { $1 })
    }
}

extension JSONValue {
    /// The JSON text, with the members of objects sorted by name.
    ///
    /// - Parameter indent: Spaces for each level; `nil` writes everything on one line.
    public func text(indent: Int? = nil) -> String {
        var text = ""
        write(to: &text, indent: indent, level: 0)
        return text
    }

    private func write(to text: inout String, indent: Int?, level: Int) {
        func newLine(_ level: Int) {
            guard let indent else { return }
            text += "\n" + String(repeating: " ", count: indent * level)
        }
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .number(let digits): text += digits
        case .string(let value): Self.write(value, to: &text)
        case .array(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += "," }
                newLine(level + 1)
                element.write(to: &text, indent: indent, level: level + 1)
            }
            if !elements.isEmpty { newLine(level) }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, name) in members.keys.sorted().enumerated() {
                if index > 0 { text += "," }
                newLine(level + 1)
                Self.write(name, to: &text)
                text += indent == nil ? ":" : ": "
                members[name]?.write(to: &text, indent: indent, level: level + 1)
            }
            if !members.isEmpty { newLine(level) }
            text += "}"
        }
    }

    private static func write(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..<" ":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

extension JSONValue: Codable {
    /// Takes the value as it is from our own decoder (``InputReader``), and piece by piece from any other one.
    public init(from decoder: any Decoder) throws {
        if let decoder = decoder as? ValueDecoder {
            self = decoder.value
            return
        }
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .number("\(value)")
        } else if let value = try? container.decode(Double.self) {
            self = .number("\(value)")
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .number(let digits):
            if let whole = Int64(digits) { try container.encode(whole) } else { try container.encode(Double(digits)) }
        case .string(let value): try container.encode(value)
        case .array(let elements): try container.encode(elements)
        case .object(let members): try container.encode(members)
        }
    }
}
