import Crypto
import Foundation
import NIOCore

/// Uploads in parts: each is a folder in `@uploads`, with a file for each part.
extension ObjectFolder {
    private static let pieceOfPart = 1 << 20

    func beginUpload(_ key: ObjectKey, as contentType: String) async throws -> ObjectUpload {
        let upload = ObjectUpload(key: key, id: UUID().uuidString.lowercased())
        let file = try await begin(FileHead(size: 0, hash: nil, contentType: contentType))
        try await Disk.run {
            try file.write(ByteBuffer(string: key.text))
            try file.become("\(folder(of: upload))/head", below: root)
        }
        return upload
    }

    func putPart(_ number: Int, of upload: ObjectUpload, _ bytes: ByteBuffer) async throws -> ObjectPart {
        _ = try await contentType(of: upload)
        let hash = ContentHash(of: bytes.readableBytesView)
        let file = try await begin(FileHead(size: bytes.readableBytes, hash: hash, contentType: "part"))
        try await Disk.run {
            try file.write(bytes)
            try file.become("\(folder(of: upload))/\(number)", below: root)
        }
        return ObjectPart(number: number, size: bytes.readableBytes, tag: hash.text)
    }

    func complete(_ upload: ObjectUpload, _ parts: [ObjectPart]) async throws {
        let size = parts.reduce(0) { $0 + $1.size }
        let contentType = try await contentType(of: upload)
        let file = try await begin(FileHead(size: size, hash: nil, contentType: contentType))
        for part in parts { try await append(part, of: upload, to: file) }
        try await Disk.run { try file.become(path(upload.key), below: root) }
        try await abort(upload)
    }

    func abort(_ upload: ObjectUpload) async throws {
        guard let folder = try? folder(of: upload) else { return }
        try await Disk.run {
            // Without its head, it is no upload any more, whatever of its parts is left.
            for name in ["head"] + ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []) {
                unlink("\(folder)/\(name)")
            }
            rmdir(folder)
        }
    }

    // MARK: -

    private func append(_ part: ObjectPart, of upload: ObjectUpload, to target: UnfinishedFile) async throws {
        let path = try "\(folder(of: upload))/\(part.number)"
        let missing = ObjectStoreError.refused("part \(part.number) is not there, or is another one")
        let (file, start) = try await Disk.run {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else { throw errno == ENOENT ? missing : Disk.error(errno, path) }
            let file = OpenFile(descriptor)
            let (head, start) = try FileHead.read(file.read(FileHead.longest, at: 0)) ?? { throw missing }()
            guard head.hash?.text == part.tag, head.size == part.size else { throw missing }
            return (file, start)
        }
        let bytes = ObjectStream {
            var offset = start
            return {
                let piece = try await Disk.run { [offset] in try file.read(Self.pieceOfPart, at: offset) }
                offset += piece.readableBytes
                return piece.readableBytes > 0 ? piece : nil
            }
        }
        let checked = bytes.checked(
            "part \(part.number) of \(upload.key)",
            size: part.size,
            hash: ContentHash(part.tag)
        )
        for try await piece in checked { try await Disk.run { try target.write(piece) } }
    }

    private func contentType(of upload: ObjectUpload) async throws -> String {
        let path = try "\(folder(of: upload))/head"
        return try await Disk.run {
            let unknown = ObjectStoreError.notFound("upload \(upload.id) of \(upload.key)")
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else { throw errno == ENOENT ? unknown : Disk.error(errno, path) }
            let start = try OpenFile(descriptor).read(FileHead.longest + ObjectKey.longest.key, at: 0)
            guard let (head, length) = FileHead.read(start),
                String(decoding: start.readableBytesView.dropFirst(length), as: UTF8.self) == upload.key.text
            else { throw unknown }
            return head.contentType
        }
    }

    /// The id comes from the caller: only one of our own is a name of a folder.
    private func folder(of upload: ObjectUpload) throws -> String {
        guard let id = UUID(uuidString: upload.id) else {
            throw ObjectStoreError.notFound("upload \(upload.id.debugDescription) of \(upload.key)")
        }
        return "\(root)/@uploads/\(id.uuidString.lowercased())"
    }
}
