import { Button } from "@mantine/core";
import { IconPlus, IconTemplate } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import type { TemplatesPageQuery } from "../../gen/graphql";
import { faultOf } from "../../lib/api/fault";
import { PermissionList } from "../../lib/members/PermissionList";
import { EmptyState } from "../../ui/EmptyState";
import { ErrorState } from "../../ui/ErrorState";
import { Item, Items } from "../../ui/Items";
import { Page } from "../../ui/Page";
import { Section } from "../../ui/Section";
import { TimelineLoading } from "../../ui/Timeline";
import { DeleteTemplateDialog } from "./DeleteTemplateDialog";
import { TemplateDialog } from "./TemplateDialog";

const TemplatesPageDocument = graphql(`
  query TemplatesPage {
    permissionTemplates {
      id
      name
      permissions
      version
    }
  }
`);

type Template = TemplatesPageQuery["permissionTemplates"][number];

/** The named sets of permissions that fill the boxes where people are given access. */
export function TemplatesPage() {
  const { t } = useTranslation("admin");
  const [{ data, error }, again] = useQuery({
    query: TemplatesPageDocument,
    requestPolicy: "cache-and-network",
  });
  const [open, setOpen] = useState<{ what: "edit" | "delete"; template?: Template }>();
  const close = (done: boolean) => {
    setOpen(undefined);
    if (done) again({ requestPolicy: "network-only" });
  };
  const templates = data?.permissionTemplates;
  return (
    <Page
      title={t("templates.title")}
      lead={t("templates.lead")}
      crumbs={[{ label: t("nav.setup") }]}
      actions={
        <Button
          leftSection={<IconPlus size={16} stroke={1.8} aria-hidden="true" />}
          onClick={() => setOpen({ what: "edit" })}
        >
          {t("templates.add")}
        </Button>
      }
    >
      <Section title={t("templates.title")} flush>
        {!templates && !error && <TimelineLoading label={t("user.loading")} />}
        {!templates && error && (
          <ErrorState fault={faultOf(error)} onRetry={() => again({ requestPolicy: "network-only" })} />
        )}
        {templates?.length === 0 && (
          <EmptyState icon={IconTemplate} title={t("templates.none")}>
            {t("templates.noneHint")}
          </EmptyState>
        )}
        <Items>
          {templates?.map((template) => (
            <Item
              key={template.id}
              icon={IconTemplate}
              title={template.name}
              actions={
                <>
                  <Button variant="default" size="xs" onClick={() => setOpen({ what: "edit", template })}>
                    {t("user.edit")}
                  </Button>
                  <Button variant="default" size="xs" onClick={() => setOpen({ what: "delete", template })}>
                    {t("questions.delete")}
                  </Button>
                </>
              }
            >
              <PermissionList permissions={template.permissions} />
            </Item>
          ))}
        </Items>
      </Section>
      {open?.what === "edit" && <TemplateDialog template={open.template} onClose={close} />}
      {open?.what === "delete" && open.template && <DeleteTemplateDialog template={open.template} onClose={close} />}
    </Page>
  );
}
