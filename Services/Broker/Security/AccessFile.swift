import Foundation

/// Reads an access file: one statement per line, words separated by blanks, `#` begins a comment.
///
///     user   alice SCRAM-SHA-256$16384:<salt>$<StoredKey>:<ServerKey>
///     super  operator
///     allow  alice Read,Write topic orders.*
///     allow  alice Read group billing
///     allow  * Describe cluster
///
/// A name that ends in `*` matches all names that begin with it. A statement that is not understood makes the whole file
/// invalid: an access file is never used in part.
struct AccessFile {
    struct Invalid: Error, Equatable, CustomStringConvertible {
        let line: Int
        let field: String
        let rule: String

        var description: String { "line \(line), \(field): \(rule)" }
    }

    struct Unreadable: Error, CustomStringConvertible {
        let path: String
        let reason: String

        var description: String { "\(path): \(reason)" }
    }

    private static let maxBytes = 1 << 20

    private(set) var access = Access()

    static func read(_ path: String) throws -> Access {
        let text: String
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? file.close() }
            let data = try file.read(upToCount: maxBytes + 1) ?? Data()
            guard data.count <= maxBytes else { throw Unreadable(path: path, reason: "larger than \(maxBytes) bytes") }
            guard let decoded = String(data: data, encoding: .utf8) else {
                throw Unreadable(path: path, reason: "not UTF-8")
            }
            text = decoded
        } catch let error as CocoaError {
            throw Unreadable(path: path, reason: error.localizedDescription)
        }
        do {
            return try AccessFile(text).access
        } catch {
            throw Unreadable(path: path, reason: error.description)
        }
    }

    init(_ text: String) throws(Invalid) {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, content) in lines.enumerated() {
            let statement = content.prefix { $0 != "#" }
            let words = statement.split { $0 == " " || $0 == "\t" }.map(String.init)
            if !words.isEmpty { try read(Line(number: index + 1, words: words)) }
        }
    }

    private struct Line {
        let number: Int
        let words: [String]

        func refused(_ field: String, _ rule: String) -> Invalid { Invalid(line: number, field: field, rule: rule) }

        func word(_ index: Int, _ field: String) throws(Invalid) -> String {
            guard words.indices.contains(index) else { throw refused(field, "missing") }
            return words[index]
        }

        func end(_ count: Int) throws(Invalid) {
            guard words.count <= count else { throw refused("word \(count + 1)", "nothing may follow here") }
        }
    }

    private mutating func read(_ line: Line) throws(Invalid) {
        switch line.words[0] {
        case "user": try readUser(line)
        case "super":
            access.superUsers.insert(try name(line, 1))
            try line.end(2)
        case "allow": try readRule(line)
        default: throw line.refused("statement", "must be user, super or allow")
        }
    }

    private mutating func readUser(_ line: Line) throws(Invalid) {
        let name = try name(line, 1)
        guard access.verifiers[name] == nil else { throw line.refused("name", "is there twice") }
        guard let verifier = ScramVerifier(try line.word(2, "verifier")) else {
            throw line.refused(
                "verifier",
                "must be SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY in Base64, with at least "
                    + "\(ScramVerifier.minimumIterations) iterations; dcmms-broker user NAME makes one"
            )
        }
        access.verifiers[name] = verifier
        try line.end(3)
    }

    private mutating func readRule(_ line: Line) throws(Invalid) {
        let user = try line.word(1, "name") == Access.everyone ? Access.everyone : try name(line, 1)
        var operations: Set<Operation> = []
        for word in try line.word(2, "operations").split(separator: ",", omittingEmptySubsequences: false) {
            guard let operation = Operation(rawValue: String(word)) else {
                let known = Operation.allCases.map(\.rawValue).joined(separator: ",")
                throw line.refused("operations", "must be among \(known), separated by commas")
            }
            operations.insert(operation)
        }
        guard let kind = Access.Kind(rawValue: try line.word(3, "resource")) else {
            let known = Access.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw line.refused("resource", "must be one of \(known)")
        }
        var pattern = kind == .cluster ? "" : try line.word(4, "resource name")
        let isPrefix = pattern.last == "*"
        if isPrefix { pattern.removeLast() }
        try line.end(kind == .cluster ? 4 : 5)
        let rule = Access.Rule(operations: operations, kind: kind, name: pattern, isPrefix: isPrefix)
        access.rules[user, default: []].append(rule)
    }

    private func name(_ line: Line, _ index: Int) throws(Invalid) -> String {
        let name = try line.word(index, "name")
        guard Self.isValid(name) else { throw line.refused("name", Self.nameRule) }
        return name
    }

    static let nameRule = "must have 1 to 200 characters, without blanks, control characters, # or *"

    static func isValid(_ name: String) -> Bool {
        (1...200).contains(name.count)
            && !name.contains { $0.isWhitespace || $0 == "#" || $0 == "*" }
            && name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
}
