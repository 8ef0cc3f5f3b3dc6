import NIOCore

/// The first line of an object's file; its bytes follow:
///
///     dcmms-object 1 1048576 9f86d0… image/jpeg
///
/// `tail -n +2 FILE` shows the bytes. The line is in the same file because the two then appear together: two files can't be renamed at once.
struct FileHead: Equatable {
    var size: Int
    /// `nil`, written as `-`: the object was put there in parts.
    var hash: ContentHash?
    var contentType: String

    /// More than the longest line.
    static let longest = 512

    var line: String { "dcmms-object 1 \(size) \(hash?.text ?? "-") \(contentType)\n" }

    var info: ObjectInfo { ObjectInfo(size: size, contentType: contentType, hash: hash) }

    init(size: Int, hash: ContentHash?, contentType: String) {
        self.size = size
        self.hash = hash
        self.contentType = contentType
    }

    /// - Returns: The head, and how many bytes it takes; `nil` if the file does not begin with one.
    static func read(_ start: ByteBuffer) -> (head: FileHead, length: Int)? {
        guard let end = start.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let line = start.readableBytesView[..<end]
        let words = String(decoding: line, as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 5, words[0] == "dcmms-object", words[1] == "1", let size = Int(words[2]), size >= 0 else {
            return nil
        }
        let hash = ContentHash(String(words[3]))
        guard hash != nil || words[3] == "-" else { return nil }
        return (FileHead(size: size, hash: hash, contentType: String(words[4])), line.count + 1)
    }
}
