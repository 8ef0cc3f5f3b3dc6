import Foundation
import NIOCore

extension ObjectFolder {
    func list(_ prefix: String, after: ObjectKey?, limit: Int) async throws -> ObjectPage {
        try await Disk.run {
            var walk = FolderWalk(root: root, prefix: prefix, after: after?.text ?? "", limit: limit + 1)
            // Below the last whole part of the prefix; everything else has other beginnings.
            try walk.enter(prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? "")
            let entries = Array(walk.found.prefix(limit))
            return ObjectPage(entries: entries, next: walk.found.count > limit ? entries.last?.key : nil)
        }
    }
}

/// Goes through the folders in the order of the keys' bytes, which is not that of the names: `a-b` is before `a/b`, and `a0` after it.
private struct FolderWalk {
    let root: String
    let prefix: String
    let after: String
    let limit: Int
    var found: [ObjectPage.Entry] = []

    /// - Parameter folder: The beginning of the keys in it: empty, or with a slash at its end.
    mutating func enter(_ folder: String) throws {
        for name in try names(folder) {
            guard found.count < limit else { return }
            if name.hasSuffix("/") {
                try enter(name)
            } else if let key = ObjectKey(name), let entry = entry(key) {
                found.append(entry)
            }
        }
    }

    /// What can hold or be a key that is wanted, in order.
    private func names(_ folder: String) throws -> [String] {
        let path = "\(root)/\(folder)"
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            // Nothing was put there yet, or it is no folder.
            guard access(path, F_OK) != 0 else { throw ObjectStoreError.refused("\(path) can't be read") }
            return []
        }
        return names.compactMap { name in
            if name.hasSuffix(ObjectFolder.suffix) {
                let key = folder + name.dropLast(ObjectFolder.suffix.count)
                return key.hasPrefix(prefix) && isBehind(key) ? key : nil
            }
            guard !name.contains("@") else { return nil }
            let inner = "\(folder)\(name)/"
            // A folder can hold keys behind `after` if it lies behind it, or on the way to it.
            let isOnTheWay = inner.hasPrefix(prefix) || prefix.hasPrefix(inner)
            return isOnTheWay && (isBehind(inner) || after.hasPrefix(inner)) ? inner : nil
        }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private func isBehind(_ text: String) -> Bool { after.utf8.lexicographicallyPrecedes(text.utf8) }

    /// Nil if it was deleted a moment ago, or is no object.
    private func entry(_ key: ObjectKey) -> ObjectPage.Entry? {
        let path = "\(root)/\(key.text)\(ObjectFolder.suffix)"
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        let file = OpenFile(descriptor)
        guard let start = try? file.read(FileHead.longest, at: 0), let (head, _) = FileHead.read(start),
            let modifiedAt = Disk.modificationTime(of: path)
        else { return nil }
        return ObjectPage.Entry(key: key, size: head.size, modifiedAt: modifiedAt)
    }
}
