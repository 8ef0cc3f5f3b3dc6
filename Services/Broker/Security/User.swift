import ArgumentParser
import Foundation

/// `dcmms-broker user NAME`: makes the line of an access file from a password on standard input.
struct User: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Read a password from standard input and print the user's line for the access file."
    )

    @Argument(help: "The user's name.")
    var name: String

    @Option(help: "How much work a login costs the client, and guessing an attacker who has the file.")
    var iterations = ScramVerifier.defaultIterations

    func validate() throws {
        guard AccessFile.isValid(name) else { throw ValidationError("the name \(AccessFile.nameRule)") }
        let range = ScramVerifier.minimumIterations...ScramVerifier.maximumIterations
        guard range.contains(iterations) else {
            throw ValidationError("--iterations must be \(range.lowerBound) to \(range.upperBound)")
        }
    }

    func run() throws {
        let password = isatty(STDIN_FILENO) == 1 ? getpass("Password: ").map { String(cString: $0) } : readLine()
        guard let password, !password.isEmpty, !password.utf8.contains(0) else {
            throw ValidationError("a password is one line that is not empty")
        }
        let verifier = try ScramVerifier(
            password: Array(password.utf8),
            salt: .random(ScramVerifier.defaultSaltLength),
            iterations: iterations
        )
        print("user \(name) \(verifier)")
    }
}
