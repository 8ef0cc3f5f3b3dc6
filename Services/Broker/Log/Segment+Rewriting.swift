import Foundation

/// A compacted segment stands beside the old one until it takes its place.
extension Segment {
    static let rewrittenLog = "log.tmp"
    static let rewrittenIndex = "index.compacted"

    static func removeRewritten(_ directory: String, _ baseOffset: Int64) {
        for suffix in [rewrittenLog, rewrittenIndex] { unlink(path(directory, baseOffset, suffix)) }
    }

    /// Puts the rewritten segment in the place of the old one, and opens it.
    static func takeOver(_ directory: String, _ baseOffset: Int64) throws -> Segment {
        let path = { Segment.path(directory, baseOffset, $0) }
        // The index first goes, then the log comes, then its index: at no time does an index vouch for another log.
        unlink(path("index"))
        guard rename(path(rewrittenLog), path("log")) == 0, rename(path(rewrittenIndex), path("index")) == 0 else {
            throw LogFile.Failure(operation: "rename", path: path("log"), code: errno)
        }
        guard let segment = try Segment(openIn: directory, baseOffset: baseOffset) else { throw ErrorCode.storageError }
        return segment
    }
}
