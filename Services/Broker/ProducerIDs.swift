import Foundation

/// Hands out producer ids, each only once in the life of the data folder. They are reserved in blocks, so that a crash skips
/// some but never repeats one.
struct ProducerIDs {
    private static let block: Int64 = 1000

    private let path: String
    private var next: Int64
    private var reservedUpTo: Int64

    init(_ path: String) throws {
        let found = try SealedFile.read(path)
        self.init(path, next: found.flatMap { Int64(String(decoding: $0, as: UTF8.self)) } ?? 0)
    }

    init(_ path: String, next: Int64) {
        self.path = path
        self.next = next
        reservedUpTo = next
    }

    mutating func allocate() throws -> Int64 {
        if next == reservedUpTo {
            try SealedFile.write(path, Array("\(next + Self.block)".utf8))
            reservedUpTo = next + Self.block
        }
        defer { next += 1 }
        return next
    }
}
