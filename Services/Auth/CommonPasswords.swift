import Foundation

/// A list of common passwords, in memory as hashes: eight bytes a password, and one look-up to find one.
struct CommonPasswords: Sendable {
    /// Longer lists are cut: what comes first is most common.
    static let most = 2_000_000
    private static let largestFile = 64 << 20

    private var hashes: Set<Int> = []

    var count: Int { hashes.count }

    /// No list.
    init() {}

    /// - Parameter path: A text file, whose entries stand on lines of their own, or between commas or quotation marks: so the lists of most
    ///   packages can be used as they are.
    init(file path: String) throws {
        let file = URL(fileURLWithPath: path)
        let size = try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
        guard size <= Self.largestFile else { throw CocoaError(.fileReadTooLarge) }
        self.init(text: String(decoding: try Data(contentsOf: file), as: UTF8.self))
    }

    init(text: String) {
        for part in text.split(whereSeparator: { $0 == "," || $0 == "\"" || $0 == "\t" || $0.isNewline }) {
            let entry = part.trimmingCharacters(in: .whitespaces)
            // Shorter ones are no word that somebody could have put something around.
            guard entry.utf8.count >= 4, hashes.count < Self.most else { continue }
            hashes.insert(Self.hash(WeakPassword.plain(entry)))
        }
    }

    /// - Parameter text: In the form of ``WeakPassword/plain(_:)``.
    func contains(_ text: String) -> Bool { hashes.contains(Self.hash(text)) }

    /// Of 64 bits: among a million entries, one text in ten million million is taken for another.
    private static func hash(_ text: String) -> Int {
        var hasher = Hasher()
        hasher.combine(text)
        return hasher.finalize()
    }
}
