// Swift's own initialisers accept more than one way to write a number: "+5", "007", "0x1p3", "nan".

extension FixedWidthInteger {
    /// A whole number as JSON writes it: ASCII digits without a leading zero, perhaps a minus, and nothing else.
    public init?(strict text: some StringProtocol) {
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        guard digits.isDigits, digits.first != UInt8(ascii: "0") || text == "0" else { return nil }
        self.init(text, radix: 10)
    }
}

extension Double {
    /// A finite number as JSON writes it, such as `-2.5` or `1e3`: no hexadecimal, no infinity, no plus, nothing around it.
    public init?(strict text: String) {
        var rest = text.utf8[...]
        let minus = UInt8(ascii: "-")
        if rest.first == minus { rest = rest.dropFirst() }
        let whole = rest.prefix(while: \.isDigit)
        guard !whole.isEmpty, whole.count == 1 || whole.first != UInt8(ascii: "0") else { return nil }
        rest = rest[whole.endIndex...]
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix(while: \.isDigit)
            guard !fraction.isEmpty else { return nil }
            rest = rest[fraction.endIndex...]
        }
        if let first = rest.first {
            guard first | 0x20 == UInt8(ascii: "e") else { return nil }
            rest = rest.dropFirst()
            if rest.first == minus || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard rest.isDigits else { return nil }
        }
        guard let number = Double(text), number.isFinite else { return nil }
        self = number
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}

extension Sequence<UInt8> {
    fileprivate var isDigits: Bool {
        var isEmpty = true
        for byte in self {
            guard byte.isDigit else { return false }
            isEmpty = false
        }
        return !isEmpty
    }
}
