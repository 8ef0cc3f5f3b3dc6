public import Foundation

/// A `numeric`, exactly: no `Double` is on the way. `NaN` and infinity are no numbers here.
///
/// In binary it is how many digits there are to the base 10,000, the exponent of the first one, the sign, how many decimals are shown, and the digits
/// (numeric_send in PostgreSQL's numeric.c).
extension Decimal: PostgresEncodable, PostgresDecodable {
    private static let negative: UInt16 = 0x4000

    public static var postgresType: UInt32 { TypeID.numeric }

    public var refusal: String? { isFinite ? nil : "a number must be finite" }

    public func encode(into bytes: inout [UInt8]) {
        // Plain digits: `Decimal` writes no exponent.
        let text = magnitude.description
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let whole = Array((parts.first ?? "").utf8)
        let fraction = parts.count > 1 ? Array(parts[1].utf8) : []
        let digits =
            Array(repeating: UInt8(ascii: "0"), count: (4 - whole.count % 4) % 4) + whole + fraction
            + Array(repeating: UInt8(ascii: "0"), count: (4 - fraction.count % 4) % 4)
        let groups = stride(from: 0, to: digits.count, by: 4).map { start in
            digits[start..<start + 4].reduce(UInt16(0)) { $0 * 10 + UInt16($1 - UInt8(ascii: "0")) }
        }
        bytes.append(bigEndian: Int16(groups.count))
        bytes.append(bigEndian: Int16((whole.count + 3) / 4 - 1))
        bytes.append(bigEndian: isSignMinus && !isZero ? Self.negative : 0)
        bytes.append(bigEndian: Int16(fraction.count))
        for group in groups { bytes.append(bigEndian: group) }
    }

    public init(postgres bytes: UnsafeRawBufferPointer, type: UInt32) throws {
        let failure = DecodingFailure(expected: "a decimal number of up to 36 digits", type: type)
        guard type == TypeID.numeric, bytes.count >= 8 else { throw failure }
        func word<Word: FixedWidthInteger>(_ index: Int, _: Word.Type) -> Word {
            UnsafeRawBufferPointer(rebasing: bytes[(index * 2)...]).bigEndian(Word.self)
        }
        let count = Int(word(0, Int16.self))
        let weight = Int(word(1, Int16.self))
        let sign = word(2, UInt16.self)
        // What has more digits, `Decimal` would round.
        guard sign == 0 || sign == Self.negative, (0...9).contains(count), bytes.count == 8 + count * 2,
            abs(weight) < 16
        else { throw failure }
        var value = Decimal.zero
        for index in 0..<count {
            let digit = Decimal(Int(word(4 + index, UInt16.self)))
            value += Decimal(sign: .plus, exponent: (weight - index) * 4, significand: digit)
        }
        self = sign == Self.negative ? -value : value
    }
}
