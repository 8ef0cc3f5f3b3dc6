import Foundation
import LocalServers
import Testing

/// Each problem that prevents a build is reported in one line, and nothing is left behind.
@Suite struct SetupTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "dcmms-setup-\(UUID().uuidString)")
    private let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..")
        .standardized

    /// Makes a folder for the checkout, and a PATH with only the tools that every machine has, so without a compiler.
    init() throws {
        for name in ["tools", "disk"] {
            try FileManager.default.createDirectory(at: folder.appending(path: name), withIntermediateDirectories: true)
        }
        for tool in [
            "awk", "bash", "cp", "df", "dirname", "env", "flock", "head", "make", "mkdir", "mount", "sed", "sh", "sort",
        ] {
            let paths = ["/usr/bin/\(tool)", "/bin/\(tool)"]
            let path = try #require(paths.first(where: FileManager.default.isExecutableFile), "\(tool)")
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder.path)/tools/\(tool)",
                withDestinationPath: path
            )
        }
    }

    @Test(arguments: ["demo", "test"])
    func aMissingCompilerIsReportedWithWhatToInstall(_ command: String) async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let refusal = try await refusal(of: command)
        #expect(refusal == "no Swift compiler on the PATH: install Swift 6.2 or later (https://swift.org/install)")
    }

    @Test func anOutdatedCompilerIsReportedWithItsVersion() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try await install(swift: "5.9")
        #expect(try await refusal(of: "demo") == "Swift 5.9 is too old: 6.2 or later is needed")
    }

    /// The small disk is a file system in memory, mounted so that only this test's processes see it.
    @Test func aDiskThatIsTooSmallIsReportedWithTheSpaceNeeded() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try await install(swift: "6.3")
        let smallDisk = [
            "unshare", "--map-root-user", "--mount", "sh", "-c",
            #"mount -t tmpfs -o size=40m none "$0" && exec "$@""#, "\(folder.path)/disk",
        ]
        guard (try? await Tool.run(smallDisk + ["true"])) != nil else {
            print("SKIPPED: a disk that is too small: this user may not mount one (unshare --map-root-user)")
            return
        }
        let refusal = try await refusal(of: "demo", on: smallDisk)
        #expect(refusal.contains(#/^only (3\d|40) MB of disk are free here: the build needs 5000$/#), "\(refusal)")
    }

    /// A process of its own writes the file. If this one did, a process that another test starts at this moment could inherit the open
    /// file, and running it would fail with "text file busy".
    private func install(swift version: String) async throws {
        let path = "\(folder.path)/tools/swift"
        let script = "#!/bin/sh\necho 'Swift version \(version) (swift-\(version)-RELEASE)'\n"
        _ = try await Tool.run(["sh", "-c", #"printf %s "$0" > "$1" && chmod 755 "$1""#, script, path])
    }

    /// The one line that `make` prints in a checkout without a build.
    private func refusal(of command: String, on disk: [String] = []) async throws -> String {
        let script = """
            cd '\(folder.path)/disk' && cp -r '\(package.path)/Makefile' '\(package.path)/deploy' . && exec make \(command)
            """
        let error = await #expect(throws: LocalServerError.self) {
            try await Tool.run(
                disk + ["sh", "-c", script],
                environment: ["PATH": "\(folder.path)/tools", "HOME": folder.path]
            )
        }
        let said = (error?.description ?? "").components(separatedBy: "dCMMS: ").dropFirst()
        #expect(said.count == 1, "\(said)")
        return said.first?.split(separator: "\n").first.map(String.init) ?? ""
    }
}
