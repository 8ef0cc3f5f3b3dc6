import Access
import ServiceKit

extension Command {
    /// Where a person may give the command, over HTTP or offline.
    ///
    /// - Throws: ``Problem`` 403 that names the missing permission, or the condition that the command does not meet.
    func reach(of authority: Authority) throws -> ChangeReach {
        for permission in permissions { try authority.require(permission) }
        return ChangeReach(
            change: try authority.reach(of: permissions, given: meets),
            see: authority.reach(of: .workOrderRead)
        )
    }
}
