import { Button } from "@mantine/core";
import { IconBolt } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Badge } from "../ui/Badge";
import { Banner } from "../ui/Banner";
import { Choice } from "../ui/Choice";
import { Logo } from "../ui/Logo";
import classes from "./Bar.module.css";
import type { Who } from "./identity";
import { TokenForm } from "./TokenForm";
import { WhoLabel } from "./WhoLabel";

interface Props {
  me: Who;
  as: "me" | "token";
  onAs: (as: "me" | "token") => void;
  /** The token that was accepted. */
  token?: { secret: string; who: Who };
  onToken: (token?: { secret: string; who: Who }) => void;
  /** The last request was refused: the session or the token is over. */
  refused: boolean;
}

/** Where one is, that everything here is real, and whose rights operations have. */
export function Bar({ me, as, onAs, token, onToken, refused }: Props) {
  const { t } = useTranslation("explorer");
  const who = as === "me" ? me : token?.who;
  return (
    <header>
      <div className={classes.bar}>
        <a href="/" className={classes.brand}>
          <Logo size={24} />
          <span>{me.installation.company}</span>
        </a>
        <h1 className={classes.title}>{t("title")}</h1>
        <p className={classes.live}>
          <Badge tone="warn" icon={<IconBolt size={13} stroke={2} aria-hidden="true" />}>
            {t("live")}
          </Badge>
          <span className={classes.hint}>{t("liveHint")}</span>
        </p>
        <div className={classes.as}>
          {who && <WhoLabel who={who} />}
          {as === "token" && token && (
            <Button variant="subtle" size="compact-xs" onClick={() => onToken(undefined)}>
              {t("token.other")}
            </Button>
          )}
          <Choice
            label={t("as.title")}
            value={as}
            options={[
              { value: "me", label: t("as.me") },
              { value: "token", label: t("as.token") },
            ]}
            onChange={onAs}
          />
        </div>
      </div>
      {as === "token" && !token && <TokenForm onToken={(secret, found) => onToken({ secret, who: found })} />}
      {refused && (
        <div className={classes.refused}>
          <Banner tone="bad" urgent>
            {as === "me" ? (
              <>
                {t("signedOut")} <a href="/sign-in?return_to=%2Fexplorer">{t("signIn")}</a>
              </>
            ) : (
              t("token.refused")
            )}
          </Banner>
        </div>
      )}
    </header>
  );
}
