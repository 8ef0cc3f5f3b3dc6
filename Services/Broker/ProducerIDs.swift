import Foundation

/// Hands out producer ids, each of them once in the life of the data folder: reserved in blocks, so that a crash skips some
/// but never repeats one.
struct ProducerIDs {
    private static let block: Int64 = 1000

    private let path: String
    private var next: Int64 = 0
    private var reservedUpTo: Int64 = 0

    init(_ path: String) {
        self.path = path
        guard let data = FileManager.default.contents(atPath: path) else { return }
        next = Int64(String(decoding: data, as: UTF8.self)) ?? 0
        reservedUpTo = next
    }

    mutating func allocate() throws -> Int64 {
        if next == reservedUpTo {
            try replaceFile(path, with: Array("\(next + Self.block)".utf8))
            reservedUpTo = next + Self.block
        }
        defer { next += 1 }
        return next
    }
}
