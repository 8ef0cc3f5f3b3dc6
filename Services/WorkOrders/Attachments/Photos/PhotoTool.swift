import Foundation
import NIOCore

/// ExifTool, which takes the position out of pictures, or reads it.
struct PhotoTool: Sendable {
    private let program: ConfinedProgram

    /// - Parameter patience: In seconds.
    init(path: String, patience: Int = 20) {
        program = ConfinedProgram(
            path: path,
            patience: patience,
            memory: 1 << 30,
            output: 4 * Attachment.maximumSize,
            refusal: 1,
            queue: Self.queue
        )
    }

    private static let queue = ConfinedProgram.queue("dcmms.photos", atOnce: 2)

    /// What becomes of a picture without its position; `nil` if it has none, and stays as it is.
    ///
    /// - Throws: ``AttachmentRefusal/photoUnreadable`` and ``AttachmentRefusal/photosUnavailable``.
    func withoutPosition(_ picture: ByteBuffer) async throws -> ByteBuffer? {
        try await program.onItsThread {
            let whole = try file(picture)
            // `-z`: no padding, so that a file never grows. It is always rewritten, and not only where a position is found: what can't be read is
            // refused.
            let stripped = try run(["-q", "-q", "-z", "-gps:all=", "-xmp:*gps*=", "-o", "-", "-"], reading: whole)
            // Some makers keep a second position where nobody can take it out.
            let left = try values(["-G1", "-ee", "-*GPS*"], of: stripped)
            // Some cameras write the version of what they have not.
            guard left.keys.allSatisfy({ $0.hasSuffix("GPSVersionID") }) else {
                throw AttachmentRefusal.photoUnreadable
            }
            guard (1...Attachment.maximumSize).contains(try reading { try stripped.size }) else {
                throw AttachmentRefusal.photoUnreadable
            }
            let bytes = try reading { try stripped.bytes() }
            return bytes == picture ? nil : bytes
        }
    }

    /// Where a picture was taken; `nil` if it does not say so.
    ///
    /// - Throws: As ``withoutPosition(_:)``.
    func position(of picture: ByteBuffer) async throws -> GeoPosition? {
        try await program.onItsThread {
            // What ExifTool makes of all that a picture says: its hemispheres are signs then.
            let found = try values(["-Composite:GPSLatitude", "-Composite:GPSLongitude"], of: file(picture))
            return GeoPosition(latitude: found["GPSLatitude"] as? Double, longitude: found["GPSLongitude"] as? Double)
        }
    }

    /// - Throws: if it can't run.
    func check() async throws {
        try await program.onItsThread { _ = try run(["-ver"], reading: file(ByteBuffer())) }
    }

    // MARK: -

    /// What it knows of a picture, by name.
    private func values(_ arguments: [String], of picture: MemoryFile) throws -> [String: Any] {
        let answer = try run(["-q", "-q", "-n", "-j"] + arguments + ["-"], reading: picture)
        let said = Data(try reading { try answer.bytes() }.readableBytesView)
        guard let found = try? JSONSerialization.jsonObject(with: said) as? [[String: Any]], found.count == 1 else {
            throw AttachmentRefusal.photoUnreadable
        }
        return found[0].filter { $0.key != "SourceFile" }
    }

    private func run(_ arguments: [String], reading input: MemoryFile) throws -> MemoryFile {
        // No configuration of whoever runs the daemon: it could be a program.
        try reading { try program.run(["-config", ""] + arguments, reading: input) }
    }

    private func file(_ bytes: ByteBuffer) throws -> MemoryFile { try reading { try MemoryFile(bytes) } }

    private func reading<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch ConfinedProgram.Failure.refused {
            throw AttachmentRefusal.photoUnreadable
        } catch is ConfinedProgram.Failure {
            throw AttachmentRefusal.photosUnavailable
        }
    }
}
