import Foundation
import NIOCore

/// A file in memory, without a name: a daemon has no folder that it may write to.
final class MemoryFile {
    let descriptor: Int32

    /// Glibc's header hides it from Swift.
    private static let create = dlsym(nil, "memfd_create").map {
        unsafeBitCast($0, to: (@convention(c) (UnsafePointer<CChar>, UInt32) -> Int32).self)
    }

    /// It is not meant for other programs that the daemon starts.
    private static let closesOnExec: UInt32 = 1

    init(_ bytes: ByteBuffer) throws {
        let made = Self.create?("picture", Self.closesOnExec) ?? -1
        guard made >= 0 else { throw ConfinedProgram.Failure.unavailable }
        descriptor = made
        var rest = bytes.readableBytesView[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(made, $0.baseAddress, $0.count) }
            guard count > 0 else { throw ConfinedProgram.Failure.unavailable }
            rest = rest.dropFirst(count)
        }
    }

    deinit { close(descriptor) }

    var size: Int {
        get throws {
            let end = lseek(descriptor, 0, SEEK_END)
            guard end >= 0 else { throw ConfinedProgram.Failure.unavailable }
            return Int(end)
        }
    }

    func bytes() throws -> ByteBuffer {
        let size = try size
        var bytes = ByteBuffer()
        while bytes.readableBytes < size {
            let there = bytes.readableBytes
            let count = bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: size - there) {
                max(0, pread(descriptor, $0.baseAddress, size - there, off_t(there)))
            }
            guard count > 0 else { throw ConfinedProgram.Failure.unavailable }
        }
        return bytes
    }
}
