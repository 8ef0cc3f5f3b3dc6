import Commands
import Foundation
import TestSupport
import Testing

@Suite struct JSONReaderTests {
    @Test(arguments: [
        "", "{", "[1,]", #"{"a":1,}"#, "01", "1.", ".5", "-", "1e", "+1", "nul", "NaN", "'a'", #""\x""#, #""\ud800""#,
        #""\udc00\ud800""#, "\"\u{1}\"", "[1] 2", #"{"a" 1}"#, #"{1: 2}"#, "\u{FEFF}1", #""a"#, "tru", "--1", "1 2",
    ])
    func invalidJSONIsRefused(text: String) {
        #expect(throws: JSONError.self) { try JSONReader.read(text.utf8) }
    }

    @Test func validJSONIsRead() throws {
        let value = try JSONReader.read(#" { "a" : [ 1 , -2.5e+3 , "\u00e9\ud83d\ude00\n\/" , true , null ] } "#.utf8)
        #expect(value == ["a": [1, .number("-2.5e+3"), "é😀\n/", true, .null]])
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        #expect(throws: JSONError.self) { try JSONReader.read([0x22, 0xC3, 0x28, 0x22]) }
        #expect(throws: JSONError.self) { try JSONReader.read([0x22, 0xED, 0xA0, 0x80, 0x22]) }
    }

    @Test func aRepeatedMemberIsRefused() {
        #expect(throws: JSONError.repeated("a")) { try JSONReader.read(#"{"a": 1, "a": 2}"#.utf8) }
    }

    @Test func theDepthIsLimited() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSONReader.read(nested(JSONReader.maximumDepth).utf8)
        #expect(throws: JSONError.tooDeep) { try JSONReader.read(nested(JSONReader.maximumDepth + 1).utf8) }
        #expect(throws: JSONError.tooDeep) { try JSONReader.read(String(repeating: "[", count: 1 << 20).utf8) }
    }

    /// The result is the same as Foundation's, for random JSON and for damaged JSON.
    @Test func itAgreesWithFoundation() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var source = Seeded(seed)
        for _ in 0..<3000 {
            let text = source.value(depth: 4).text()
            let value = try JSONReader.read(text.utf8)
            #expect(value.text() == text, "seed \(seed)")
            var bytes = Array(text.utf8)
            let damage = UInt8.random(in: 0x20..<0x7F, using: &source)
            // An exponent can make a number that Foundation can't represent; we keep its digits.
            guard damage | 0x20 != UInt8(ascii: "e") else { continue }
            bytes[Int.random(in: 0..<bytes.count, using: &source)] = damage
            let ours = try? JSONReader.read(bytes)
            let theirs = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            let damaged = String(decoding: bytes, as: UTF8.self)
            // Of two members with the same name, Foundation keeps one; and it takes a comma after the last element.
            guard ours != nil || theirs == nil || damaged.contains("{") || damaged.contains(",]") else {
                Issue.record("seed \(seed): refused \(damaged)")
                continue
            }
            if ours != nil { #expect(theirs != nil, "seed \(seed): took \(damaged)") }
        }
    }
}

extension Seeded {
    fileprivate mutating func value(depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &self) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &self))
        case 2: return .number("\(Int64.random(in: -1_000_000...1_000_000, using: &self))")
        case 3: return .number("\(Double.random(in: -1...1, using: &self))")
        case 4: return .string(text())
        case 5: return .array((0..<3).map { _ in value(depth: depth - 1) })
        default:
            var members: [String: JSONValue] = [:]
            for _ in 0..<3 { members[text()] = value(depth: depth - 1) }
            return .object(members)
        }
    }

    private mutating func text() -> String {
        let letters = ["a", "b", "\"", "\\", "é", "😀", "\n", "\u{1}", " ", "1"]
        return (0..<4).map { _ in letters.randomElement(using: &self) ?? "a" }.joined()
    }
}
