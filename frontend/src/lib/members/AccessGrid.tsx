import { Button } from "@mantine/core";
import { type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { graphql } from "../../gen";
import type { AccountPermission } from "../../gen/graphql";
import { Badge } from "../../ui/Badge";
import { FormDialog } from "../../ui/FormDialog";
import { LeaveGuard } from "../../ui/LeaveGuard";
import { toastGood } from "../../ui/toast";
import { fieldErrors } from "../api/fieldErrors";
import { useAct } from "../api/useAct";
import classes from "./AccessGrid.module.css";
import { allPermissions } from "./permissions";

const SaveMembershipsDocument = graphql(`
  mutation SaveMemberships($input: SaveMembershipsInput!) {
    saveMemberships(input: $input) {
      memberships {
        id
        permissions
        version
      }
      present {
        id
        permissions
        endsAt
        version
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

/** A membership as the grid shows it. */
export interface GridRow {
  id: string;
  /** The other end of the link: the user, or the account. */
  name: string;
  version: number;
  owner: boolean;
  endsAt?: string | null;
  permissions: readonly AccountPermission[];
  /** It can't be changed by the reader. */
  locked?: boolean;
}

interface Props {
  label: string;
  /** What the rows are: "User", "Account". */
  head: string;
  rows: readonly GridRow[];
  /** What the reader may hand on; absent: everything. */
  grantable?: readonly AccountPermission[];
  onSaved: () => void;
}

/** The boxes of a row that were touched. */
type Ticks = Partial<Record<AccountPermission, boolean>>;

/** How many memberships the API changes at once. */
const most = 100;

/** Memberships by permissions, edited in place. Nothing is saved before the difference was shown; then all of it or nothing. */
export function AccessGrid({ label, head, rows, grantable = allPermissions, onSaved }: Props) {
  const { t } = useTranslation();
  const [touched, setTouched] = useState<Readonly<Record<string, Readonly<Ticks>>>>({});
  const [reviewing, setReviewing] = useState(false);
  const grid = useRef<HTMLTableElement>(null);

  // Only the boxes that were touched count: what others save in the others comes in, and is not taken back.
  const now = (row: GridRow) => allPermissions.filter((one) => touched[row.id]?.[one] ?? row.permissions.includes(one));
  const changed = rows.filter((row) => differs(row.permissions, now(row)));
  const emptied = changed.find((row) => now(row).length === 0);
  const readOnly = rows.every(({ owner, locked }) => owner || locked);
  const toggle = (row: GridRow, permission: AccountPermission, on: boolean) => {
    setReviewing(false); // it closed by itself where others had saved just the same
    setTouched((old) => ({ ...old, [row.id]: { ...old[row.id], [permission]: on } }));
  };

  // Arrow keys move from box to box, as in a sheet.
  const onKeyDown = (event: KeyboardEvent) => {
    const cell = (event.target as HTMLElement).closest("td");
    const line = cell?.closest("tr");
    if (!cell || !line || event.altKey || event.ctrlKey || event.metaKey) return;
    const toEnd = document.dir === "rtl" ? -1 : 1;
    const [x, y] =
      { ArrowRight: [toEnd, 0], ArrowLeft: [-toEnd, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key] ?? [];
    if (x === undefined || y === undefined) return;
    event.preventDefault();
    const lines = [...(grid.current?.tBodies[0]?.rows ?? [])];
    const next = lines[lines.indexOf(line) + y]?.cells[cell.cellIndex + x];
    next?.querySelector("input")?.focus();
  };

  return (
    <>
      <section className={classes.scroller} aria-label={label}>
        <table ref={grid} className={classes.grid} aria-label={label} onKeyDown={onKeyDown}>
          <thead>
            <tr>
              <th scope="col" className={classes.who}>
                {head}
              </th>
              {allPermissions.map((permission) => (
                <th key={permission} scope="col">
                  <span>{t(`accountPermission.${permission}`)}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id}>
                <th scope="row" className={classes.who}>
                  {row.name} {row.owner && <Badge tone="accent">{t("membership.owner")}</Badge>}
                </th>
                {allPermissions.map((permission) => {
                  const locked = row.owner || row.locked || !grantable.includes(permission);
                  const on = row.owner || now(row).includes(permission);
                  const other = !row.owner && on !== row.permissions.includes(permission);
                  return (
                    <td key={permission} className={other ? classes.changed : undefined}>
                      <input
                        type="checkbox"
                        aria-label={`${row.name}: ${t(`accountPermission.${permission}`)}`}
                        title={
                          locked && !readOnly
                            ? t(
                                row.owner
                                  ? "grid.lockedOwner"
                                  : row.locked
                                    ? "grid.lockedRow"
                                    : "grid.lockedPermission",
                              )
                            : t(`accountPermission.${permission}`)
                        }
                        checked={on}
                        aria-disabled={locked}
                        onChange={({ currentTarget: { checked } }) => {
                          if (!locked) toggle(row, permission, checked);
                        }}
                      />
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {!readOnly && (
        <div className={classes.foot}>
          <p role="status">
            {changed.length > 0 ? t("grid.changes", { count: changed.length }) : t("grid.none")}
            {changed.length > most && ` ${t("grid.tooMany", { most })}`}
            {emptied && ` ${t("grid.emptied", { name: emptied.name })}`}
          </p>
          <Button variant="default" size="xs" disabled={changed.length === 0} onClick={() => setTouched({})}>
            {t("grid.discard")}
          </Button>
          <Button
            size="xs"
            disabled={changed.length === 0 || changed.length > most || Boolean(emptied)}
            onClick={() => setReviewing(true)}
          >
            {t("grid.review")}
          </Button>
        </div>
      )}
      <LeaveGuard changes={changed.length} />
      {reviewing && changed.length > 0 && (
        <ReviewDialog
          changes={changed.map((row) => ({ row, permissions: now(row) }))}
          onStale={onSaved}
          onClose={(saved) => {
            setReviewing(false);
            if (!saved) return;
            setTouched({});
            onSaved();
          }}
        />
      )}
    </>
  );
}

const differs = (a: readonly AccountPermission[], b: readonly AccountPermission[]) =>
  a.length !== b.length || a.some((one) => !b.includes(one));

interface Change {
  row: GridRow;
  permissions: readonly AccountPermission[];
}

interface ReviewProps {
  changes: readonly Change[];
  /** Somebody else changed rows meanwhile: they have to be read anew. */
  onStale: () => void;
  onClose: (saved: boolean) => void;
}

function ReviewDialog({ changes, onStale, onClose }: ReviewProps) {
  const { t } = useTranslation();
  const [save, busy] = useAct(SaveMembershipsDocument);
  const [problems, setProblems] = useState<readonly string[]>([]);
  const submit = async () => {
    const outcome = await save({
      input: {
        changes: changes.map(({ row, permissions }) => ({
          membershipId: row.id,
          version: row.version,
          permissions: [...permissions],
          endsAt: row.endsAt,
        })),
      },
    });
    if (outcome.ok) {
      toastGood(t("grid.saved", { count: changes.length }));
      return onClose(true);
    }
    if (outcome.fault) {
      onStale(); // a row may be gone
      return onClose(false);
    }
    // What the others saved comes in, and the difference to it is shown: it can be saved again, or left.
    if (outcome.userErrors.some(({ code }) => code === "CONFLICT")) onStale();
    // The path of a refusal names the place of the change.
    setProblems(
      outcome.userErrors.flatMap((error) => {
        const name = changes[Number(error.field?.[1])]?.row.name;
        if (error.code === "CONFLICT" && name) return [t("grid.conflict", { name })];
        return fieldErrors(t, [error], []).rest.map((text) =>
          name ? `${t("field.label", { label: name })} ${text}` : text,
        );
      }),
    );
  };
  return (
    <FormDialog
      opened
      onClose={() => onClose(false)}
      onSubmit={submit}
      title={t("grid.title", { count: changes.length })}
      submit={t("grid.save")}
      busy={busy}
      problems={problems}
    >
      <ul className={classes.differences}>
        {changes.map(({ row, permissions }) => (
          <li key={row.id}>
            {row.name}
            <ul>
              {allPermissions
                .filter((one) => permissions.includes(one) !== row.permissions.includes(one))
                .map((one) => (
                  <li key={one}>
                    {t(permissions.includes(one) ? "grid.gives" : "grid.takes", {
                      permission: t(`accountPermission.${one}`),
                    })}
                  </li>
                ))}
            </ul>
          </li>
        ))}
      </ul>
    </FormDialog>
  );
}
