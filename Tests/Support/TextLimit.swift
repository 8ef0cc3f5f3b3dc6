public import Commands
import Foundation
public import HTTPTypes
public import Testing

/// The length limit of a text that a route accepts.
public struct TextLimit: Sendable, CustomStringConvertible {
    /// The field's name in error answers.
    public var field: String
    public var length: ClosedRange<Int>
    public var lines: TextRule.Lines

    public init(_ field: String, _ length: ClosedRange<Int>, lines: TextRule.Lines = .one) {
        self.field = field
        self.length = length
        self.lines = lines
    }

    public var description: String { "\(field), \(length)" }

    /// Tests a real route at the limit. The length counts Unicode scalars in normal form C, independent of the displayed characters
    /// and the number of bytes. Longer texts are refused with the field's name before they reach a store.
    ///
    /// - Parameter send: Sends a valid request with the text in its place.
    public func hold(
        _ send: (String) async throws -> (status: HTTPResponse.Status, text: String),
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let most = length.upperBound
        var good = [
            String(repeating: "\u{1F600}", count: most),
            // macOS writes them like this: two scalars here, one in normal form C.
            String(repeating: "e\u{301}", count: most),
            // A family: one displayed character, seven scalars.
            String(repeating: "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}\u{200D}\u{1F466}", count: most / 7) + "!",
        ]
        var bad = [
            String(repeating: "\u{1F600}", count: most + 1), String(repeating: "e\u{301}", count: most + 1),
            String(repeating: "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}\u{200D}\u{1F466}", count: most / 7 + 1),
            // This is displayed as one character.
            "x" + String(repeating: "\u{323}", count: most), "e" + String(repeating: "\u{301}\u{323}", count: 100_000),
            "a\u{0}", "a\u{7}b", "a\u{7F}", "a\u{85}",
        ]
        if length.lowerBound > 0 { bad += ["", " ", "\u{3000}\u{200B}"] }
        if lines == .many { good += ["a\n\tb\r\n"] } else { bad += ["a\nb", "a\tb", "a\u{2028}b"] }
        if length.lowerBound > 1 { bad += [String(repeating: "a", count: length.lowerBound - 1)] }
        for text in good {
            let answer = try await send(text)
            #expect(
                (200...299).contains(answer.status.code),
                "\(self): \(text.prefix(3).debugDescription)… \(answer.text)",
                sourceLocation: sourceLocation
            )
        }
        for text in bad {
            let answer = try await send(text)
            #expect(
                answer.status == .badRequest && answer.text.contains("\"field\":\"\(field)\""),
                "\(self): \(text.unicodeScalars.prefix(3).map { $0.value }) \(answer.status) \(answer.text)",
                sourceLocation: sourceLocation
            )
        }
    }
}
