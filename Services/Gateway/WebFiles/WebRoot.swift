import Commands
import Crypto
import Foundation
import NIOCore
import ServiceKit

/// The files of the web apps, read once at the start.
///
/// A request can only get what is in this table: there is no way from a path to the disk, and no request waits for the disk.
struct WebRoot: Sendable {
    struct File: Sendable {
        var content: ByteBuffer
        /// A hash of the content.
        var tag: String
        /// The file as `name.br` and `name.gz`.
        var encoded: [WebPolicy.Encoding: ByteBuffer] = [:]
    }

    /// They are held in memory.
    static let maximumSize = 64 << 20

    /// By path, for example `/assets/main-5JX2K4QB.js`.
    private(set) var files: [String: File] = [:]
    /// Where pages load pictures of the map from.
    let map: MapTiles

    /// - Throws: `ConfigurationError` when the folder can't be read, has no `index.html`, or has too much in it.
    init(folder: String, map: MapTiles = .none) throws {
        self.map = map
        let root = URL(fileURLWithPath: folder).resolvingSymlinksInPath()
        let keys: [URLResourceKey] = [.isRegularFileKey]
        guard let entries = FileManager.default.enumerator(at: root, includingPropertiesForKeys: keys) else {
            throw ConfigurationError("GATEWAY_WEB_ROOT: \(folder) can't be read")
        }
        var contents: [String: Data] = [:]
        var size = 0
        // A symbolic link is not a regular file: it could lead out of the folder.
        for case let file as URL in entries
        where try file.resourceValues(forKeys: Set(keys)).isRegularFile == true {
            let content = try Data(contentsOf: file)
            size += content.count
            guard size <= Self.maximumSize else {
                throw ConfigurationError("GATEWAY_WEB_ROOT: \(folder) has more than \(Self.maximumSize >> 20) MiB")
            }
            contents[String(file.path.dropFirst(root.path.count))] = content
        }
        guard contents["/index.html"] != nil else {
            throw ConfigurationError("GATEWAY_WEB_ROOT: \(folder) has no index.html")
        }
        contents["/map.json"] = Data(
            JSONValue.object([
                "tiles": map.template.map(JSONValue.string) ?? .null,
                "attribution": map.attribution.map(JSONValue.string) ?? .null,
            ]).text().utf8
        )
        for (path, content) in contents { add(path, content, contents) }
    }

    private mutating func add(_ path: String, _ content: Data, _ contents: [String: Data]) {
        // One that lies beside its original is not a file by itself.
        let encodings = WebPolicy.Encoding.allCases
        let isEncoded = encodings.contains { path.hasSuffix($0.suffix) && contents[String(path.dropLast(3))] != nil }
        guard !isEncoded else { return }
        let hash = SHA256.hash(data: content).prefix(12).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        var file = File(content: ByteBuffer(bytes: content), tag: hash)
        for encoding in encodings {
            file.encoded[encoding] = contents[path + encoding.suffix].map { ByteBuffer(bytes: $0) }
        }
        files[path] = file
    }
}
