/// A rule that a field breaks: a code for programs and for the catalogue of texts, the values that its text needs, and the text in English.
///
/// Rules of many places are named in `FieldRule+Common.swift`; a rule that one service alone has is named there, in the same way. Each code has a text in
/// every language, as `rules.<code>` in `Shared/Localization`, or as `problems.<code>` where it names the problem too: `deploy/web/check.py` finds the codes
/// by the labels of the initializers, which take literals only.
public struct FieldRule: Hashable, Sendable {
    /// Stable, for example `too_long`.
    public let code: String
    /// The values of its text by their names, for example `maximum`: numbers in plain digits, several words with `, ` between them.
    public let parameters: [String: String]
    /// For a person who reads English: `must be …`.
    public let message: String
    /// Whether a problem of which this is all has this code, rather than `invalid_field`.
    public let namesProblem: Bool

    /// A rule on what a value may be.
    public init(code: StaticString, _ message: String, _ parameters: [String: String] = [:]) {
        self.init("\(code)", message, parameters, namesProblem: false)
    }

    /// A rule whose problem has its code: programs tell it from others by the problem's `code` alone.
    public init(problem code: StaticString, _ message: String, _ parameters: [String: String] = [:]) {
        self.init("\(code)", message, parameters, namesProblem: true)
    }

    /// A rule that was broken elsewhere, where its code is declared.
    public init(passingOn code: String, _ message: String, _ parameters: [String: String]) {
        self.init(code, message, parameters, namesProblem: false)
    }

    private init(_ code: String, _ message: String, _ parameters: [String: String], namesProblem: Bool) {
        self.code = code
        self.message = message
        self.parameters = parameters
        self.namesProblem = namesProblem
    }
}
