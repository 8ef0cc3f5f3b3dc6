import Foundation

/// A compacted segment is stored beside the old one until it replaces it.
extension Segment {
    static let rewrittenLog = "log.tmp"
    static let rewrittenIndex = "index.compacted"

    static func removeRewritten(_ directory: String, _ baseOffset: Int64) {
        for suffix in [rewrittenLog, rewrittenIndex] { unlink(path(directory, baseOffset, suffix)) }
    }

    /// Replaces the old segment with the rewritten one, and opens it.
    static func takeOver(_ directory: String, _ baseOffset: Int64) throws -> Segment {
        let path = { Segment.path(directory, baseOffset, $0) }
        // First the old index is removed, then the log is replaced, then the index is added: an index never belongs to
        // another log.
        unlink(path("index"))
        guard rename(path(rewrittenLog), path("log")) == 0, rename(path(rewrittenIndex), path("index")) == 0 else {
            throw LogFile.Failure(operation: "rename", path: path("log"), code: errno)
        }
        guard let segment = try Segment(openIn: directory, baseOffset: baseOffset) else { throw ErrorCode.storageError }
        return segment
    }
}
